import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metric } from '../../src/stats/metrics.ts';

type Histogramlike = Extract<Metric, { type: 'histogram' }>;
type Value = { readonly labels: object; readonly value: number; readonly metricName: string };

/** As Prometheus reads it: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export async function expose(
  metrics: readonly Metric[],
): Promise<{ readonly type: string; readonly text: string }> {
  const registry = new Registry();
  for (const metric of metrics) {
    if (metric.type === 'histogram') addHistogram(registry, metric);
    else addSamples(registry, metric);
  }
  return { type: registry.contentType, text: await registry.metrics() };
}

function addSamples(registry: Registry, metric: Exclude<Metric, Histogramlike>): void {
  const { name, help, type, samples } = metric;
  const labelNames = Object.keys(samples[0]?.labels ?? {});
  const options = { name, help, labelNames, registers: [registry] };
  if (type === 'counter') {
    const counter = new Counter(options);
    for (const { labels, value } of samples) counter.inc({ ...labels }, value);
  } else {
    const gauge = new Gauge(options);
    for (const { labels, value } of samples) gauge.set({ ...labels }, value);
  }
}

/** The package would have every value observed once more: the classes that were counted are handed to it as they are. */
function addHistogram(registry: Registry, { name, help, spreads }: Histogramlike): void {
  const counted = new Histogram({ name, help, labelNames: ['tier'], registers: [registry] });
  const read = async () => ({ name, help, type: 'histogram', values: spreads.flatMap(valuesOf(name)) });
  Object.assign(counted, { get: read, getForPromString: read });
}

function valuesOf(name: string) {
  return ({ labels, sum, buckets }: Histogramlike['spreads'][number]): readonly Value[] => {
    let count = 0;
    const classes = buckets.map(({ atMost, count: more }) => {
      count += more;
      return { labels: { ...labels, le: atMost ?? '+Inf' }, value: count, metricName: `${name}_bucket` };
    });
    return [
      ...classes,
      { labels, value: sum, metricName: `${name}_sum` },
      { labels, value: count, metricName: `${name}_count` },
    ];
  };
}

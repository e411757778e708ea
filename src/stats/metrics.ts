import type { StatusView } from '../chat/status-view.ts';
import type { CacheStats, TierStats } from './cache-stats.ts';
import type { Health } from './health.ts';
import type { LlmStats } from './llm-stats.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = { readonly labels: Labels; readonly value: number };
/** `buckets`: how many took so long and no longer than the bound before it; undefined: longer than all bounds. */
type Spread = {
  readonly labels: Labels;
  readonly sum: number;
  readonly buckets: readonly { readonly atMost: number | undefined; readonly count: number }[];
};

/** A figure as Prometheus knows them: https://prometheus.io/docs/concepts/metric_types/ */
export type Metric = { readonly name: string; readonly help: string } & (
  | { readonly type: 'counter' | 'gauge'; readonly samples: readonly Sample[] }
  | { readonly type: 'histogram'; readonly spreads: readonly Spread[] }
);

type Told = { readonly llm: LlmStats; readonly status: StatusView; readonly health: Health };

/** The figures of a house, under the names of its metrics. What is not known is left out. Pure. */
export function metricsOf({ llm, status, health }: Told): readonly Metric[] {
  return [...cacheMetrics(llm.response_cache, health), ...modelMetrics(llm), ...houseMetrics(status, health)];
}

function cacheMetrics(cache: CacheStats, health: Health): readonly Metric[] {
  const { l1, l2, hits, misses, shared, bypassed } = cache;
  const tiers: readonly (readonly [string, TierStats])[] = [['l1', l1], ...(l2 ? [['l2', l2] as const] : [])];
  const each = (value: (tier: TierStats) => number | null) =>
    tiers.flatMap(([tier, stats]) => sample(value(stats), { tier }));
  const passedBy = Object.entries(bypassed);
  return [
    counter(
      'ostler_cache_hits_total',
      'Answers that a tier gave.',
      each(({ hits }) => hits),
    ),
    counter(
      'ostler_cache_misses_total',
      'Answers that a tier did not have.',
      each(({ misses }) => misses),
    ),
    counter(
      'ostler_cache_writes_total',
      'Answers that a tier took.',
      each(({ sets }) => sets),
    ),
    counter(
      'ostler_cache_errors_total',
      'Times that a tier could not be asked, or did not do what was asked.',
      each(({ errors }) => errors),
    ),
    counter(
      'ostler_cache_evictions_total',
      'Answers that left a tier by themselves, by why.',
      tiers.flatMap(([tier, { evictions }]) =>
        Object.entries(evictions).flatMap(([reason, times]) => sample(times, { tier, reason })),
      ),
    ),
    {
      name: 'ostler_cache_latency_seconds',
      help: 'Time until a tier answered. What failed is not in it.',
      type: 'histogram',
      spreads: tiers.map(([tier, stats]) => spreadOf({ tier }, stats)),
    },
    gauge(
      'ostler_cache_size_entries',
      'Answers in a tier, about.',
      each(({ entries }) => entries),
    ),
    gauge(
      'ostler_cache_memory_bytes',
      'What they take, about.',
      each(({ bytes }) => bytes),
    ),
    gauge('ostler_cache_healthy', 'Whether a tier works.', [
      ...sample(Number(health.l1_healthy), { tier: 'l1' }),
      ...(health.l2_configured ? sample(Number(health.l2_healthy), { tier: 'l2' }) : []),
    ]),
    counter('ostler_cache_saved_seconds_total', 'Time that models did not have to write.', [
      ...sample(cache.saved_seconds),
    ]),
    counter('ostler_cache_saved_tokens_total', 'Tokens that models did not have to read or write.', [
      ...sample(cache.saved_tokens),
    ]),
    counter('ostler_requests_total', 'Questions, by what they met in the cache.', [
      ...sample(hits - shared, { cache: 'hit' }),
      ...sample(shared, { cache: 'shared' }),
      ...sample(misses, { cache: 'miss' }),
      ...passedBy.flatMap(([why, times]) => sample(times, { cache: `bypassed_${why}` })),
    ]),
  ];
}

function modelMetrics({ models, cache_hits: hits, cache_misses: misses }: LlmStats): readonly Metric[] {
  const each = (value: (of: LlmStats['models'][string]) => number) =>
    Object.entries(models).flatMap(([model, stats]) => sample(value(stats), { model }));
  return [
    counter(
      'ostler_swaps_total',
      'Times that a model was brought into the memory.',
      each(({ swaps }) => swaps),
    ),
    counter(
      'ostler_swap_seconds_total',
      'Time that this took, with the unloading of others.',
      each((stats) => stats.total_swap_time_ms / 1_000),
    ),
    counter('ostler_model_requests_total', 'Questions, by whether their model was in memory.', [
      ...sample(hits, { resident: 'true' }),
      ...sample(misses, { resident: 'false' }),
    ]),
  ];
}

function houseMetrics({ version, waiting, running, models }: StatusView, health: Health): readonly Metric[] {
  const states = [...new Set(models.map(({ state }) => state))];
  return [
    gauge('ostler_info', 'Which Ostler this is; always 1.', sample(1, { version })),
    gauge('ostler_questions_waiting', 'Questions that wait.', sample(waiting)),
    gauge('ostler_questions_running', 'Questions that are being answered.', sample(running)),
    gauge(
      'ostler_models',
      'Models that are installed, by state.',
      states.flatMap((state) => sample(models.filter((model) => model.state === state).length, { state })),
    ),
    gauge('ostler_ollama_up', 'Whether Ollama can be reached.', sample(Number(health.ollama === 'ready'))),
    gauge('ostler_store_up', 'Whether questions can be kept.', sample(Number(health.store === 'ready'))),
    gauge(
      'ostler_front_up',
      'Whether what happens on a platform reaches this Ostler.',
      Object.entries(health.fronts).flatMap(([front, state]) => sample(Number(state === 'ready'), { front })),
    ),
  ];
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'counter', samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'gauge', samples };
}

function sample(value: number | null, labels: Labels = {}): readonly Sample[] {
  return value === null ? [] : [{ labels, value }];
}

function spreadOf(labels: Labels, { latency, mean_milliseconds: mean }: TierStats): Spread {
  const answers = latency.reduce((sum, { count }) => sum + count, 0);
  return {
    labels,
    sum: ((mean ?? 0) * answers) / 1_000,
    buckets: latency.map(({ at_most_milliseconds: bound, count }) => ({
      atMost: bound === null ? undefined : bound / 1_000,
      count,
    })),
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, it, test } from 'vitest';
import { countAnswer, countBypass, countHit, countMiss, noCounts } from '../../../src/cache/counters.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { cacheStatsOf } from '../../../src/stats/cache-stats.ts';
import { startWeb } from './start.ts';

const KEY = 'a-long-key';
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

/** What Prometheus' own tool says of an exposition: nothing where all is as it should be. */
async function promtool(
  exposition: string,
): Promise<{ readonly code: number | null; readonly words: string }> {
  const child = spawn('promtool', ['check', 'metrics']);
  child.stdin.end(exposition);
  const [[code], out, error] = await Promise.all([
    once(child, 'exit'),
    readAll(child.stdout),
    readAll(child.stderr),
  ]);
  return { code, words: out + error };
}

/** Of models that were swapped. A model's name may hold what would end a label. */
const SWAPPED = {
  cache_hits: 8,
  cache_misses: 2,
  models: {
    'qwen2.5:7b': { swaps: 2, avg_swap_time_ms: 900, p95_swap_time_ms: 1_000, total_swap_time_ms: 1_800 },
    'a"\n\\': { swaps: 1, avg_swap_time_ms: 0, p95_swap_time_ms: 0, total_swap_time_ms: 0 },
  },
};

/** A cache that was in use, with a second tier. */
function used(bytes: number | undefined = 5_000_000) {
  const counts = noCounts(0);
  for (let n = 0; n < 3; n += 1) countHit(counts);
  counts.shared = 1;
  countMiss(counts, 'new');
  countBypass(counts, 'temperature');
  countAnswer(counts.l1, true, 0.004);
  countAnswer(counts.l1, false, 0.004);
  countAnswer(counts.l2, true, 3);
  countAnswer(counts.l2, true, 1_000);
  Object.assign(counts.l1, { sets: 4, evictions: { capacity: 1, bytes: 2, ttl: 3, tti: 4 } });
  Object.assign(counts.l2, { errors: 7 });
  const entries = { l1: 2, l1Bytes: 900, l2: 1_200, l2Bytes: bytes };
  const l2 = { backend: 'redis', state: 'full', detail: '"No"\n\\' } as const;
  return cacheStatsOf(
    counts,
    { entries: () => entries, l2: () => l2 },
    configSchema.parse({}).response_cache,
  );
}

describe('health', () => {
  it('is told: alive, and ready', async () => {
    const { url } = await startWeb({ connections: () => ({ web: 'ready', telegram: 'away' }) });
    const alive = await fetch(`${url}/healthz`);
    expect([alive.status, await alive.text(), alive.headers.get('cache-control')]).toEqual([
      200,
      'ok',
      'no-store',
    ]);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { status: 'degraded', l1_healthy: true, l2_configured: false, fronts: { telegram: 'away' } },
    ]);
  });

  it('is ready without the second tier of the cache and without Ollama', async () => {
    const { url, fake } = await startWeb();
    fake.setParts({ cache: used(), ollama: { url: '', reachable: false, detail: '' } });
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { status: 'degraded', l2_healthy: false, l2_configured: true, fully_healthy: false, ollama: 'away' },
    ]);
  });

  it('is not ready where nothing can be kept, and alive all the same', async () => {
    const { url, fake } = await startWeb();
    fake.setParts({ storeWorks: false });
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { status: 'not_ready', store: 'down' }]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('needs no key, as the figures do', async () => {
    const { url } = await startWeb({ key: KEY });
    for (const path of ['/healthz', '/readyz']) expect((await fetch(url + path)).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    expect((await fetch(`${url}/metrics`, bearer('wrong'))).status).toBe(401);
    expect((await fetch(`${url}/metrics`, bearer(KEY))).status).toBe(200);
  });
});

describe('the figures for Prometheus', () => {
  it('have the names and labels that they should', async () => {
    const { url, fake } = await startWeb({ connections: () => ({ web: 'ready', discord: 'refused' }) });
    fake.setCacheStats(used());
    fake.setParts({ cache: used() });
    fake.setLlmStats(SWAPPED);
    const reply = await fetch(`${url}/metrics`);
    expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = (await reply.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines).toEqual(
      expect.arrayContaining([
        'ostler_cache_hits_total{tier="l1"} 1',
        'ostler_cache_hits_total{tier="l2"} 2',
        'ostler_cache_misses_total{tier="l1"} 1',
        'ostler_cache_writes_total{tier="l1"} 4',
        'ostler_cache_errors_total{tier="l2"} 7',
        'ostler_cache_evictions_total{tier="l1",reason="tti"} 4',
        'ostler_cache_evictions_total{tier="l2",reason="bytes"} 0',
        'ostler_cache_size_entries{tier="l2"} 1200',
        'ostler_cache_memory_bytes{tier="l1"} 900',
        'ostler_cache_latency_seconds_bucket{tier="l2",le="0.002"} 0',
        'ostler_cache_latency_seconds_bucket{tier="l2",le="0.005"} 1',
        'ostler_cache_latency_seconds_bucket{tier="l2",le="0.25"} 1',
        'ostler_cache_latency_seconds_bucket{tier="l2",le="+Inf"} 2',
        'ostler_cache_latency_seconds_sum{tier="l2"} 1.003',
        'ostler_cache_latency_seconds_count{tier="l2"} 2',
        'ostler_cache_healthy{tier="l1"} 1',
        'ostler_cache_healthy{tier="l2"} 0',
        'ostler_requests_total{cache="hit"} 2',
        'ostler_requests_total{cache="shared"} 1',
        'ostler_requests_total{cache="miss"} 1',
        'ostler_requests_total{cache="bypassed_temperature"} 1',
        'ostler_info{version="0.1.0"} 1',
        'ostler_front_up{front="discord"} 0',
        'ostler_models{state="ready"} 1',
        'ostler_ollama_up 1',
        'ostler_swaps_total{model="qwen2.5:7b"} 2',
        'ostler_swap_seconds_total{model="qwen2.5:7b"} 1.8',
        'ostler_model_requests_total{resident="true"} 8',
        'ostler_model_requests_total{resident="false"} 2',
      ]),
    );
  });

  it.each([
    ['in use', used()],
    ['whose size is not known', used(undefined)],
    ['without a second tier', { ...used(), l2: null }],
  ])('of a cache %s are what promtool asks for', async (_, cache) => {
    const { url, fake } = await startWeb({ connections: () => ({ web: 'ready' }) });
    fake.setCacheStats(cache);
    fake.setLlmStats(SWAPPED);
    const exposition = await (await fetch(`${url}/metrics`)).text();
    expect(await promtool(exposition)).toEqual({ code: 0, words: '' });
  });
});

test('promtool complains where something is wrong', async () => {
  const { code, words } = await promtool('# HELP a b\n# TYPE a counter\na 1\n');
  expect([code, words]).toEqual([3, expect.stringContaining('_total')]);
});

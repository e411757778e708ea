import { describe, expect, it } from 'vitest';
import { countAnswer, countHit, countMiss, noCounts, restoreCounts } from '../../src/cache/counters.ts';
import { configSchema } from '../../src/config/schema.ts';
import { cacheStatsOf } from '../../src/stats/cache-stats.ts';

const settings = configSchema.parse({}).response_cache;
const kept = { l1: 3, l1Bytes: 700, l2: 9, l2Bytes: 4_000.4 };
const cache = {
  entries: () => kept,
  l2: () => ({ backend: 'redis', state: 'ready', detail: '' }) as const,
};

describe('the counters of the cache', () => {
  it('survive a restart, also one into a version that counts more', () => {
    const counts = noCounts(5);
    countHit(counts);
    countMiss(counts, 'expired');
    countAnswer(counts.l2, true, 3);
    counts.l1.evictions.tti = 4;
    expect(restoreCounts(JSON.parse(JSON.stringify(counts)), 99)).toEqual(counts);
    const old = { since: 5, hits: 7, l1: { hits: 2, milliseconds: 3 } };
    expect(restoreCounts(old, 99)).toEqual({
      ...noCounts(5),
      hits: 7,
      l1: { ...noCounts(5).l1, hits: 2, milliseconds: 3 },
    });
  });

  it.each([undefined, null, 'text', 5, [], { l1: 'x', recent: { missed: [] }, hits: '3' }])(
    'begin anew where %j was kept',
    (damaged) => {
      expect(restoreCounts(damaged, 5)).toEqual(noCounts(5));
    },
  );

  it('tell of each tier how long it takes, how much it holds and what has left it', () => {
    const counts = noCounts(0);
    for (let n = 0; n < 98; n += 1) countAnswer(counts.l1, true, 0.01);
    for (const ms of [0.015, 300]) countAnswer(counts.l1, false, ms);
    Object.assign(counts.l2, { errors: 2, evictions: { capacity: 0, bytes: 5, ttl: 6, tti: 0 } });
    const { l1, l2 } = cacheStatsOf(counts, cache, settings);
    expect(l1).toMatchObject({ hits: 98, misses: 2, entries: 3, bytes: 700, p99_milliseconds: 0.02 });
    expect(l1.mean_milliseconds).toBeCloseTo((98 * 0.01 + 300.015) / 100);
    expect(l1.latency.filter(({ count }) => count > 0)).toEqual([
      { at_most_milliseconds: 0.02, count: 99 },
      { at_most_milliseconds: null, count: 1 },
    ]);
    expect(l2).toMatchObject({
      ...{ errors: 2, entries: 9, bytes: 4_000, mean_milliseconds: null, p99_milliseconds: null },
      evictions: { bytes: 5, ttl: 6 },
    });
  });
});

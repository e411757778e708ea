import { noCounts } from '../../src/cache/counters.ts';
import { configSchema } from '../../src/config/schema.ts';
import { type CacheStats, cacheStatsOf } from '../../src/stats/cache-stats.ts';

/** A cache that was not asked yet; some of it may be otherwise. */
export function statsOfCache(change: Partial<CacheStats> = {}): CacheStats {
  const empty = { entries: () => ({ l1: 0, l1Bytes: 0, l2: 0, l2Bytes: 0 }), l2: () => undefined };
  return { ...cacheStatsOf(noCounts(0), empty, configSchema.parse({}).response_cache), ...change };
}

import { setTimeout as pause } from 'node:timers/promises';
import type { CacheStats } from '../../../src/stats/cache-stats.ts';
import type { Reached } from '../reach.ts';

const LIMIT_MS = 1_500;
const PAUSE_MS = 20;

/** What the cache is, once a tier that was just opened has connected and counted, or one has waited long enough. */
export async function statsOf({ client, own }: Reached, leave: AbortSignal): Promise<CacheStats> {
  const givesUpAt = performance.now() + (own ? LIMIT_MS : 0);
  for (;;) {
    const stats = await client.cacheStats(leave);
    const { l2 } = stats;
    const isKnown = l2 === null || l2.state === 'down' || (l2.state === 'ready' && l2.entries !== null);
    if (isKnown || performance.now() >= givesUpAt) return stats;
    await pause(PAUSE_MS, undefined, { signal: leave });
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import type { CacheStats } from '../../../src/stats/cache-stats.ts';
import type { Reached } from '../reach.ts';

const LIMIT_MS = 1_500;
const PAUSE_MS = 20;

type Asked = Pick<Reached, 'own'> & { readonly client: Pick<Reached['client'], 'cacheStats'> };

/**
 * An Ostler that was just opened connects to its second tier a moment later: resolves once it has, or has waited long
 * enough. What is asked before would not find what is there.
 */
export async function awaitTier(asked: Asked): Promise<void> {
  await statsOnce(asked, ({ l2 }) => l2?.state !== 'connecting');
}

/** The figures of the cache, once it is also known how much there is. */
export function countedStats(asked: Asked, leave: AbortSignal): Promise<CacheStats> {
  const isCounted = ({ l2 }: CacheStats) =>
    l2 === null || l2.state === 'down' || (l2.state !== 'connecting' && l2.entries !== null);
  return statsOnce(asked, isCounted, leave);
}

async function statsOnce(
  { client, own }: Asked,
  isKnown: (stats: CacheStats) => boolean,
  leave?: AbortSignal,
): Promise<CacheStats> {
  const givesUpAt = performance.now() + (own ? LIMIT_MS : 0);
  for (;;) {
    const stats = await client.cacheStats(leave);
    if (isKnown(stats) || performance.now() >= givesUpAt) return stats;
    await pause(PAUSE_MS, undefined, leave && { signal: leave });
  }
}

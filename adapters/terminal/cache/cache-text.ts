import type { CachePart } from '../../../src/cache/response-cache.ts';
import {
  describeBypassed,
  describeCache,
  describeHitRate,
  describeTiers,
} from '../../../src/chat/describe-cache.ts';
import type { CacheStats } from '../../../src/stats/cache-stats.ts';

/** The hit rate, then why it is what it is, then the tiers, or the one that is named: in lines. */
export function cacheText(stats: CacheStats, part: CachePart | undefined): string {
  const passedBy = describeBypassed(stats.bypassed);
  const lines = [
    ...describeCache(stats),
    ...describeTiers(stats, part),
    ...(passedBy === '' ? [] : [`did not ask it: ${passedBy}`]),
    `counted since ${new Date(stats.since).toISOString().slice(0, 10)}`,
  ];
  return [`Hit rate: ${describeHitRate(stats)}`, ...lines.map((line) => `- ${line}`), ''].join('\n');
}

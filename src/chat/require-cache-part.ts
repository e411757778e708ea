import type { CachePart } from '../cache/response-cache.ts';
import { OstlerError } from '../errors.ts';
import type { CacheStats } from '../stats/cache-stats.ts';

/** Throws `bad_input` where nothing is kept in that part of the cache. */
export function requireCachePart({ l2 }: Pick<CacheStats, 'l2'>, part: CachePart | undefined): void {
  if (part === undefined || part === 'memory' || part === l2?.backend) return;
  const where = l2 === null ? 'memory only' : `memory and in ${l2.backend}`;
  throw new OstlerError(`No answers are kept in ${part} here.`, {
    code: 'bad_input',
    hint: `They are kept in ${where} (response_cache.l2.backend).`,
  });
}

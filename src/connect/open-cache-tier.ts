import { join } from 'node:path';
import { sqliteCacheTier } from '../../adapters/sqlite/cache-tier.ts';
import { idOf, secretOf } from '../cache/secret.ts';
import type { Config } from '../config/schema.ts';
import type { OstlerError } from '../errors.ts';
import type { CacheTier } from '../ports/cache-tier.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';

/** Where answers are kept for longer, also while the cache is off: it may be turned on; undefined: only in memory. */
export async function openCacheTier(
  { response_cache: { l2 }, redis }: Config,
  { folder, store, logger }: { folder: string; store: Store; logger: Logger },
): Promise<CacheTier | undefined> {
  const url = l2.redis_url || redis.url;
  const backend = l2.backend ?? (url === '' ? 'sqlite' : 'redis');
  const onError = (error: OstlerError) => logger.warn({ code: error.code, hint: error.hint }, error.message);
  if (backend === 'none') return undefined;
  if (backend === 'sqlite')
    return sqliteCacheTier(join(folder, 'cache.db'), { maxBytes: l2.max_mb * 1e6, onError });
  const { redisCacheTier } = await import('../../adapters/redis/cache-tier.ts');
  const { prefixOf } = await import('../../adapters/redis/connect.ts');
  const prefix = prefixOf({ prefix: l2.prefix ?? `${prefixOf(redis)}cache` });
  return redisCacheTier({
    url,
    // Others may keep theirs in the same Redis: what one of them clears is its own.
    namespace: `${prefix}${idOf(await secretOf(store))}`,
    connectMs: l2.connect_timeout_ms,
    operationMs: l2.operation_timeout_ms,
    onError,
  });
}

import { z } from 'zod';
import { MOST_TTL_SECONDS } from '../../src/cache/cacheable.ts';

/** What a question asks of the response cache: CacheWish. */
export const cacheWish = z.strictObject({
  read: z.literal(false).exactOptional(),
  keep: z.literal(false).exactOptional(),
  ttlSeconds: z
    .number()
    .positive()
    .max(MOST_TTL_SECONDS, `must be at most ${MOST_TTL_SECONDS}, which are 30 days`)
    .exactOptional(),
});

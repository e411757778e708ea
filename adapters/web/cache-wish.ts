import { z } from 'zod';

/** What a question asks of the response cache: CacheWish. */
export const cacheWish = z.strictObject({
  read: z.literal(false).exactOptional(),
  keep: z.literal(false).exactOptional(),
  ttlSeconds: z.number().positive().exactOptional(),
});

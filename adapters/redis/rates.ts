import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { Rates } from '../../src/ports/rates.ts';
import type { RedisConnection } from './connect.ts';

/** Counts that every process on this Redis shares. */
export function redisRates({ client, prefix, call }: RedisConnection): Rates {
  // Only counted here: what is too much is decided where it is known what is counted.
  const limiter = new RateLimiterRedis({
    storeClient: client,
    keyPrefix: `${prefix}rates`,
    points: Number.MAX_SAFE_INTEGER,
    duration: 0,
  });
  return {
    async add(key, points, windowSeconds) {
      const taken = await call(() => limiter.penalty(key, points, { customDuration: windowSeconds }));
      return { points: taken.consumedPoints, endsInMs: taken.msBeforeNext };
    },
  };
}

import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Rates } from '../../src/ports/rates.ts';

/** Counts that end with the process. */
export function memoryRates(): Rates {
  // Only counted here: what is too much is decided where it is known what is counted.
  const limiter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 0 });
  return {
    async add(key, points, windowSeconds) {
      const taken = await limiter.penalty(key, points, { customDuration: windowSeconds });
      return { points: taken.consumedPoints, endsInMs: taken.msBeforeNext };
    },
  };
}

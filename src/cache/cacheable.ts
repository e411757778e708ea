import type { Bypass } from './counters.ts';

/** What a question asks of the cache, where it asks anything. */
export type CacheWish = {
  /** False: whatever is kept, it is answered anew. */
  readonly read?: false;
  /** False: its answer is not kept. */
  readonly keep?: false;
  readonly ttlSeconds?: number;
};

type Asked = {
  readonly enabled: boolean;
  readonly temperatureMax: number;
  readonly temperature: number;
  readonly hasSeed: boolean;
  readonly isKnownModel: boolean;
};

/** Why the answer to a question may be neither given again nor kept; undefined: it may. */
export function bypassOf(asked: Asked): Bypass | undefined {
  if (!asked.enabled) return 'off';
  if (!asked.isKnownModel) return 'unknown_model';
  return asked.temperature > asked.temperatureMax && !asked.hasSeed ? 'temperature' : undefined;
}

/** Of several wishes each may forbid; of lives the first that is given counts. */
export function wishOf(...wishes: readonly (CacheWish | undefined)[]): CacheWish {
  const ttlSeconds = wishes.find((wish) => wish?.ttlSeconds !== undefined)?.ttlSeconds;
  return {
    ...(wishes.some((wish) => wish?.read === false) && { read: false }),
    ...(wishes.some((wish) => wish?.keep === false) && { keep: false }),
    ...(ttlSeconds !== undefined && { ttlSeconds }),
  };
}

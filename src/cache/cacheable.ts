import type { Bypass } from './counters.ts';

/** Nothing that one question or rule asks for is kept for longer: 30 days. */
export const MOST_TTL_SECONDS = 30 * 86_400;

/** What a question asks of the cache, where it asks anything. */
export type CacheWish = {
  /** False: whatever is kept, it is answered anew. */
  readonly read?: false;
  /** False: its answer is not kept. */
  readonly keep?: false;
  /** How long its answer is kept; in memory never longer than usual. */
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
export function bypassOf(asked: Asked): Exclude<Bypass, 'refresh'> | undefined {
  if (!asked.enabled) return 'off';
  if (!asked.isKnownModel) return 'unknown_model';
  return asked.temperature > asked.temperatureMax && !asked.hasSeed ? 'temperature' : undefined;
}

/** What a question and its rule ask for: each may forbid. */
export function wishOf(...wishes: readonly (CacheWish | undefined)[]): Omit<CacheWish, 'ttlSeconds'> {
  return {
    ...(wishes.some((wish) => wish?.read === false) && { read: false }),
    ...(wishes.some((wish) => wish?.keep === false) && { keep: false }),
  };
}

type Lives = {
  /** What the person asked for. */
  readonly asked: number | undefined;
  readonly byRule: number | undefined;
  /** Null: for ever. */
  readonly usual: number | null;
  /** Nobody else is given the answer, or who asked decides for all. */
  readonly isOwn: boolean;
};

/**
 * How long an answer is kept, in seconds; undefined: as usual. What the configuration says of a rule counts for all. A
 * person's wish goes before it for what is theirs; what others are given, too, it may only shorten.
 */
export function lifeOf({ asked, byRule, usual, isOwn }: Lives): number | undefined {
  if (asked === undefined) return byRule;
  return isOwn ? asked : Math.min(asked, byRule ?? usual ?? asked);
}

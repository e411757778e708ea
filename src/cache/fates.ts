import type { Missed } from './counters.ts';
import type { Eviction } from './memory-tier.ts';

/** So many answers are remembered, whether they are there or not. */
const MOST = 5_000;
/** As much of a key as tells it from the others. */
const ENOUGH = 16;

type Fate = {
  /** Undefined: never. */
  readonly expiresAt: number | undefined;
  cause: Exclude<Missed, 'new'> | undefined;
};

/** What became of the answers that were kept: why one that is asked for is not there. */
export type Fates = {
  /** `lifeMs`: so long some tier keeps it; undefined: for ever. */
  kept(key: string, lifeMs: number | undefined): void;
  /** The second tier did not take it. */
  refused(key: string): void;
  /** It left memory. */
  evicted(key: string, reason: Eviction): void;
  /** It was removed on purpose; undefined: everything was. */
  forget(key?: string): void;
  /** Of an answer that no tier gave; `isAway`: the second one cannot be asked. */
  why(key: string, isAway: boolean): Missed;
};

/** `hasSecond`: what leaves memory is still in the second tier. `now`: milliseconds. */
export function createFates(hasSecond: boolean, now: () => number): Fates {
  const fates = new Map<string, Fate>();
  const named = (key: string) => key.slice(0, ENOUGH);

  return {
    kept(key, lifeMs) {
      const name = named(key);
      fates.delete(name);
      fates.set(name, { expiresAt: lifeMs === undefined ? undefined : now() + lifeMs, cause: undefined });
      const [oldest] = fates.size > MOST ? fates.keys() : [];
      if (oldest !== undefined) fates.delete(oldest);
    },
    refused(key) {
      const fate = fates.get(named(key));
      if (fate) fate.cause = 'failed';
    },
    evicted(key, reason) {
      const fate = hasSecond ? undefined : fates.get(named(key));
      if (fate) fate.cause = reason === 'ttl' || reason === 'tti' ? 'expired' : 'room';
    },
    forget(key) {
      if (key === undefined) fates.clear();
      else fates.delete(named(key));
    },
    why(key, isAway) {
      const fate = fates.get(named(key));
      if (!fate) return 'new';
      if (fate.expiresAt !== undefined && now() >= fate.expiresAt) return 'expired';
      return isAway ? 'failed' : (fate.cause ?? 'room');
    },
  };
}

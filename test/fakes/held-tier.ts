import type { CacheTier, TierAnswer } from '../../src/ports/cache-tier.ts';
import { fakeTier } from './cache-tier.ts';

type Held = { readonly what: string; readonly go: () => void };

/**
 * A second tier that is asked at once and answers when a test lets it: the oldest request first. What it keeps for how
 * long is what it was told last.
 */
export function heldTier() {
  const fake = fakeTier();
  const held: Held[] = [];
  const lives = new Map<string, number | undefined>();
  /** How long what is found is still kept. */
  let leftMs: number | undefined;

  function hold<T>(what: string, answer: T): Promise<T> {
    return new Promise((resolve) => held.push({ what, go: () => resolve(answer) }));
  }

  const tier: CacheTier = {
    ...fake.tier,
    async get(key) {
      const answer = await fake.tier.get(key);
      return hold<TierAnswer>(`get ${key}`, answer.kind === 'hit' ? { ...answer, leftMs } : answer);
    },
    async set(key, value, ttlMs) {
      lives.set(key, ttlMs);
      return hold(`set ${key}`, await fake.tier.set(key, value, ttlMs));
    },
    async delete(key) {
      return hold(`delete ${key}`, await fake.tier.delete(key));
    },
    async clear() {
      return hold('clear', await fake.tier.clear());
    },
  };

  return {
    ...fake,
    tier,
    lives,
    setLeft: (ms: number | undefined) => {
      leftMs = ms;
    },
    /** What it was asked and has not answered. */
    asked: () => held.map(({ what }) => what),
    /** It answers what it was asked, and what that leads to. Returns what that was. */
    async answer(times = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
      const answered: string[] = [];
      for (let time = 0; time < times; time += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        const next = held.shift();
        if (!next) break;
        answered.push(next.what);
        next.go();
      }
      await new Promise((resolve) => setImmediate(resolve));
      return answered;
    },
  };
}

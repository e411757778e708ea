import { noCounts } from '../../src/cache/counters.ts';
import { type CacheEntry, makeEntry, writeEntry } from '../../src/cache/entry.ts';
import { createFates } from '../../src/cache/fates.ts';
import { lruTier } from '../../src/cache/lru-tier.ts';
import { createResponseCache } from '../../src/cache/response-cache.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { fakeClock } from '../fakes/clock.ts';
import { heldTier } from '../fakes/held-tier.ts';

export const L1_MS = 300_000;
export const L2_MS = 3_600_000;
const LONG_MS = 1e9;

export const entryOf = (text: string) => makeEntry({ text, promptTokens: 1, tokens: 2, seconds: 1, at: 0 });

/** Both tiers of a cache, as the defaults have them; the second one answers when it is told to. */
export function openTiers(ttl: { l1: number; l2: number | undefined } = { l1: L1_MS, l2: L2_MS }) {
  const clock = fakeClock();
  const { tier, values, lives, become, setLeft, asked, answer } = heldTier();
  const counts = noCounts(0);
  const lines: Record<string, unknown>[] = [];
  const note = (fields: object, message: string) => void lines.push({ message, ...fields });
  const quiet = () => {};
  const logger: Logger = { debug: note, info: quiet, warn: quiet, error: quiet };
  const limits = { maxEntries: 10, maxBytes: 10_000, ttlMs: ttl.l1, ttiMs: LONG_MS };
  const l1 = lruTier<CacheEntry>(limits, () => {}, clock.now);
  const fates = createFates(true, clock.now);
  const cache = createResponseCache({ l1, l2: tier, ttl, counts, fates, clock, logger });

  /** What is found, once the second tier has answered. */
  async function found(key = 'key') {
    const finding = cache.find(key);
    await answer();
    const one = await finding;
    return one && { text: one.entry.text, tier: one.tier };
  }

  return {
    values,
    lives,
    become,
    setLeft,
    asked,
    answer,
    cache,
    counts,
    clock,
    lines,
    found,
    /** Whether memory alone gives it. */
    isInMemory: (key = 'key') => l1.get(key) !== undefined,
    /** The second tier has this, of old. */
    put: (text: string, key = 'key') => void values.set(key, writeEntry(entryOf(text))),
  };
}

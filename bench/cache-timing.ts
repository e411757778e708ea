import { redisCacheTier } from '../adapters/redis/cache-tier.ts';
import { makeEntry, writeEntry } from '../src/cache/entry.ts';
import type { CacheTier, TierState } from '../src/ports/cache-tier.ts';

/** An answer as it is kept. In bytes. */
export const VALUE_BYTES = 4_000;
export const HOUR_MS = 3_600_000;

export function openTier({ url }: { readonly url: string }): CacheTier {
  return redisCacheTier({ url });
}

export function reaches(tier: CacheTier, state: TierState): Promise<void> {
  return new Promise((resolve) => {
    tier.onHealth((health) => health.state === state && resolve());
    if (tier.health().state === state) resolve();
  });
}

/** What the cache keeps of an answer, in the size that is measured. */
export function answer(key: string): string {
  const text = `The answer of ${key} says “that” in a few words.\n`.repeat(VALUE_BYTES);
  const figures = { promptTokens: 40, tokens: 900, seconds: 12.5, at: 1_800_000_000_000 };
  const empty = writeEntry(makeEntry({ text: ' ', ...figures })).length;
  // Line breaks take two characters there.
  const lines = text.slice(0, VALUE_BYTES - empty).split('\n').length;
  return writeEntry(makeEntry({ text: text.slice(0, VALUE_BYTES - empty - lines), ...figures }));
}

export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beladyHits } from '../../bench/cache-belady.ts';

/** The most hits of any way to evict, by trying all of them. */
function mostHits(trace: readonly string[], capacity: number): number {
  const known = new Map<string, number>();
  function from(at: number, held: readonly string[]): number {
    const key = trace[at];
    if (key === undefined) return 0;
    const state = `${at} ${held.toSorted().join()}`;
    const seen = known.get(state);
    if (seen !== undefined) return seen;
    const choices = held.length < capacity ? [held] : held.map((gone) => held.filter((one) => one !== gone));
    const best = held.includes(key)
      ? 1 + from(at + 1, held)
      : // What was asked for may also not be kept at all.
        Math.max(from(at + 1, held), ...choices.map((left) => from(at + 1, [...left, key])));
    known.set(state, best);
    return best;
  }
  return from(0, []);
}

test('no way to evict hits more often than Belady’s, and one hits as often', () => {
  const trace = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 14 });
  fc.assert(
    fc.property(trace, fc.integer({ min: 1, max: 4 }), (keys, capacity) => {
      expect(beladyHits(keys, capacity)).toBe(mostHits(keys, capacity));
    }),
    { numRuns: 300 },
  );
});

/** Mulberry32: numbers from 0 to 1 that a seed repeats. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same ones in the same circle, so that every seed begins somewhere else. */
export function shifted<T>(all: readonly T[], by: number): readonly T[] {
  return all.map((_, at) => all[(at + by) % all.length] as T);
}

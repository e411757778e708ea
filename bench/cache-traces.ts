/** Traces of keys that a cache is asked for, always the same ones. */

/** Length of each trace, and how many keys fit into the caches that are measured on it. */
const LENGTH = 200_000;

type Random = () => number;

/** mulberry32: numbers from 0 to below 1. */
function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Ranks from 0: rank n comes up in proportion to 1 / (n + 1)^exponent. */
function zipf(ranks: number, exponent: number, random: Random): () => number {
  const sums = new Float64Array(ranks);
  let sum = 0;
  for (let rank = 0; rank < ranks; rank += 1) {
    sum += (rank + 1) ** -exponent;
    sums[rank] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = ranks - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
export const _ = { seeded, zipf, LENGTH };

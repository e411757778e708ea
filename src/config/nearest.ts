import leven from 'leven';

const MOST_SLIPS = 3;

/**
 * The candidate that `word` was probably meant to be: one slip in three characters is allowed, in very short
 * words a single one, never more than `most`. Case, `-` and `_` don't count.
 */
export function nearest(word: string, candidates: readonly string[], most = MOST_SLIPS): string | undefined {
  const allowed = Math.min(most, Math.max(1, Math.floor(word.length / 3)));
  const best = candidates
    .map((candidate) => ({ candidate, slips: slipsBetween(plain(word), plain(candidate)) }))
    .toSorted((a, b) => a.slips - b.slips)[0];
  return best && best.slips <= allowed ? best.candidate : undefined;
}

/** Two letters that changed places are one slip, though Levenshtein counts two. */
function slipsBetween(a: string, b: string): number {
  const slips = leven(a, b);
  return slips === 2 && sorted(a) === sorted(b) ? 1 : slips;
}

function sorted(word: string): string {
  return [...word].toSorted().join('');
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

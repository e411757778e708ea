import type { Estimate, Tier } from './load-series.ts';

/** A load within this factor of the usual warm one is a warm one. */
const WARM_FACTOR = 1.25;

/**
 * Whether a load of so many milliseconds read the disk: by what was expected of it, unless what was measured speaks
 * against that. One that was expected cold and ran at warm speed was warm; one that was expected warm and came nearer
 * to a cold one was cold. Where both take about the same, the expectation stands. Pure.
 */
export function tierOf(ms: number, expected: Tier, usual: Readonly<Record<Tier, Estimate>>): Tier {
  const { cold, warm } = usual;
  const middleMs = Math.sqrt(cold.medianMs * warm.medianMs);
  if (cold.medianMs < warm.medianMs * WARM_FACTOR ** 2) return expected;
  if (expected === 'warm') return ms > middleMs ? 'cold' : 'warm';
  // A fast disk is not to be taken for the page cache as long as nobody knows how fast that is here.
  const warmMs =
    warm.basis === 'measured' ? Math.max(warm.p90Ms, warm.medianMs * WARM_FACTOR) : warm.medianMs;
  return ms <= Math.min(warmMs, middleMs) ? 'warm' : 'cold';
}

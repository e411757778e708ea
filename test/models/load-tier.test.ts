import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../src/models/load-series.ts';
import { tierOf } from '../../src/models/load-tier.ts';

const measured = (medianMs: number): Estimate => ({ medianMs, p90Ms: medianMs * 1.1, basis: 'measured' });
const guessed = (medianMs: number): Estimate => ({ medianMs, p90Ms: medianMs * 2, basis: 'guessed' });

const KNOWN = { cold: measured(35_000), warm: measured(2_000) };
/** 20 GB on a host where nothing was loaded yet. */
const UNKNOWN = { cold: guessed(40_250), warm: guessed(2_750) };

describe('a load is put down', () => {
  it.each([
    ['as it was expected, where it ran so', 36_000, 'cold', KNOWN, 'cold'],
    ['as it was expected, where it ran so', 2_100, 'warm', KNOWN, 'warm'],
    ['as warm where it was expected cold and ran at warm speed', 2_200, 'cold', KNOWN, 'warm'],
    ['as cold where it was expected warm and came near a cold one', 20_000, 'warm', KNOWN, 'cold'],
    ['as warm where it was only a little slow', 4_000, 'warm', KNOWN, 'warm'],
    ['as cold where the disk was only fast', 4_000, 'cold', KNOWN, 'cold'],
    ['by a guess, where nothing was measured', 1_900, 'cold', UNKNOWN, 'warm'],
    ['as expected, where a fast disk explains it just as well', 6_000, 'cold', UNKNOWN, 'cold'],
    ['as cold, where even the guess speaks against the page cache', 25_000, 'warm', UNKNOWN, 'cold'],
  ] as const)('%s', (_, ms, expected, usual, tier) => {
    expect(tierOf(ms, expected, usual)).toBe(tier);
  });

  it.each(['cold', 'warm'] as const)('as %s as expected, where both take the same anyway', (expected) => {
    const usual = { cold: measured(540), warm: measured(525) };
    for (const ms of [300, 530, 900]) expect(tierOf(ms, expected, usual)).toBe(expected);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadProgress, loadShare } from '../../src/models/load-progress.ts';
import type { TimesOfModel } from '../../src/models/model-times.ts';

const TIMES: TimesOfModel = {
  cold: { medianMs: 35_000, p90Ms: 50_000, basis: 'measured' },
  warm: { medianMs: 2_000, p90Ms: 3_000, basis: 'guessed' },
  service: undefined,
  expected: 'cold',
};
const USUAL = { aboutSeconds: 35, upToSeconds: 50, basis: 'measured' } as const;

const told = (forSeconds: number, tier: 'cold' | 'warm', times: TimesOfModel | undefined = TIMES) =>
  loadProgress({ model: 'm', forSeconds, tier }, 'loading', times);

describe('the share of a load', () => {
  it.each([
    ['begins with nothing', 0, 0],
    ['goes with the usual time', 14, 0.32],
    ['is not all when the usual time is over', 35, 0.8],
    ['goes on more slowly where it takes longer', 41, 0.84],
    ['stays below the end from the ninth decile on', 50, 0.9],
    ['stays there however long it takes', 5_000, 0.9],
  ])('%s', (_, forSeconds, share) => {
    expect(loadShare(forSeconds, USUAL)).toBe(share);
  });

  it('never falls and never comes to more than 0.9, whatever the estimate', () => {
    const second = fc.integer({ min: 0, max: 4_000 });
    fc.assert(
      fc.property(second, second, second, second, (one, other, about, more) => {
        const estimate = {
          aboutSeconds: about + 1,
          upToSeconds: about + 1 + more,
          basis: 'guessed',
        } as const;
        const [earlier, later] = [Math.min(one, other), Math.max(one, other)];
        const share = loadShare(earlier, estimate);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(loadShare(later, estimate));
        expect(loadShare(later, estimate)).toBeLessThanOrEqual(0.9);
      }),
    );
  });
});

describe('what is told of a load', () => {
  it('is what such loads took before', () => {
    expect(told(14, 'cold')).toEqual({
      stage: 'loading',
      model: 'm',
      forSeconds: 14,
      estimate: USUAL,
      share: 0.32,
    });
  });

  it('is that it will be warm, until it takes longer than warm ones do', () => {
    expect(told(3, 'warm').estimate).toEqual({ aboutSeconds: 2, upToSeconds: 3, basis: 'guessed' });
    expect(told(4, 'warm')).toMatchObject({ estimate: USUAL, share: 0.09 });
  });

  it('is no estimate where nothing is known of the model', () => {
    expect(loadProgress({ model: 'm', forSeconds: 4, tier: 'cold' }, 'initializing', undefined)).toEqual({
      stage: 'initializing',
      model: 'm',
      forSeconds: 4,
    });
  });

  it('is never that it takes no time', () => {
    const cold = { medianMs: 12, p90Ms: 15, basis: 'measured' } as const;
    expect(told(0, 'cold', { ...TIMES, cold }).estimate).toMatchObject({ aboutSeconds: 1, upToSeconds: 1 });
  });
});

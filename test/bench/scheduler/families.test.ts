import { describe, expect, it, test } from 'vitest';
import { distanceOf } from '../../../bench/scheduler/distance.ts';
import { FAMILY_NAMES, makeTrace } from '../../../bench/scheduler/families.ts';
import { judge, playFamily } from '../../../bench/scheduler/goals.ts';
import { audit, slow } from '../../../bench/scheduler/load-bound.ts';

/** The bench takes twenty seeds of every family. */
const SEEDS = [1, 2];

test('the families are the ones that figures were published for', () => {
  const questions = FAMILY_NAMES.map((family) => [family, makeTrace(family, 1).requests.length]);
  expect(Object.fromEntries(questions)).toMatchInlineSnapshot(`
    {
      "HOG": 971,
      "LIGHT": 188,
      "S1": 291,
      "S2": 402,
      "T1": 516,
      "T2-110": 870,
      "T2-40": 299,
      "T2-70": 552,
      "T2-90": 688,
      "T3-110": 870,
      "T3-40": 299,
      "T3-70": 552,
      "T3-90": 688,
      "T4": 1086,
      "T5": 602,
      "T6": 632,
      "T7-110": 870,
      "T7-40": 299,
      "T7-70": 552,
      "T7-90": 688,
      "T8-110": 870,
      "T8-40": 299,
      "T8-70": 552,
      "T8-90": 688,
    }
  `);
});

test('a family is always the same for a seed, and another for another', () => {
  expect(makeTrace('T4', 3)).toEqual(makeTrace('T4', 3));
  expect(makeTrace('T4', 3)).not.toEqual(makeTrace('T4', 4));
});

describe('the scheduler', () => {
  it.each(['T1', 'T2-70', 'T2-90', 'T4', 'T7-70', 'T8-70'])(
    'reaches every goal on %s, also on two seeds',
    (family) => {
      const { targets } = judge(family, playFamily(family, SEEDS));
      expect(targets.length).toBeGreaterThan(0);
      expect(targets.filter(({ met }) => !met)).toEqual([]);
    },
  );

  it.each(['T1', 'T2-40', 'T7-70'])('is near the clairvoyant on %s', (family) => {
    const { ofAsked, ofAll } = distanceOf(family, 1, 120);
    expect(ofAsked).toBeGreaterThanOrEqual(1);
    expect(ofAsked).toBeLessThan(1.5);
    expect(ofAll).toBeGreaterThanOrEqual(ofAsked);
  });

  it.each(['T2-90', 'T3-110', 'HOG'])(
    'lets nobody wait for more loads than it promises, on a slow %s',
    (family) => {
      const { overdue, isHeld } = audit(slow(makeTrace(family, 1), 10));
      expect(overdue).toBeGreaterThan(100);
      expect(isHeld).toBe(true);
    },
  );
});

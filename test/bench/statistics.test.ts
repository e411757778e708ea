import { describe, expect, it } from 'vitest';
import { median, p99, quantile, slope } from '../../bench/statistics.ts';

describe('the statistics of the benches', () => {
  it('take the middle, whatever the order', () => {
    expect(median([30, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2);
    expect(median([7])).toBe(7);
  });

  it('take the value that 99 of 100 do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
    expect(p99(hundred)).toBe(99);
    expect(p99([1, 2, 3])).toBe(3);
    expect(quantile(hundred, 0)).toBe(1);
  });

  it('sort numbers as numbers and leave them as they were', () => {
    const numbers = [10, 9, 100];
    expect(median(numbers)).toBe(10);
    expect(numbers).toEqual([10, 9, 100]);
  });

  it('have nothing to say of nothing', () => {
    expect(median([])).toBeNaN();
  });

  it('say by how much a line through the numbers rises', () => {
    expect(slope([100, 101, 102])).toBeCloseTo(0.02);
    expect(slope([100, 100, 100])).toBe(0);
    expect(slope([200, 150, 100])).toBeCloseTo(-0.5);
    expect(slope([5])).toBe(0);
  });
});

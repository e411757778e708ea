import { describe, expect, it } from 'vitest';
import { describeLoadedSpill, describeSpill, nameSpill, spillOf } from '../../src/models/cpu-share.ts';

const GB = 1e9;
const sizes = (gb: number, onGpu: number) => ({ sizeBytes: gb * GB, vramBytes: onGpu * GB });

describe('the share of a model on the CPU', () => {
  it.each([
    ['is none on the GPU', sizes(10, 10), [], undefined, 0],
    ['is what the GPU does not hold', sizes(10, 6.2), [], undefined, 0.38],
    ['is all where the GPU had no room', sizes(10, 0), [], 24 * GB, 1],
    ['is all where another model shows that there is a GPU', sizes(10, 0), [sizes(5, 5)], undefined, 1],
    ['is none to speak of where there is no GPU', sizes(10, 0), [sizes(5, 0)], 0, 0],
    ['is none to speak of where no GPU is known', sizes(10, 0), [sizes(5, 0)], undefined, 0],
    ['is none of nothing', sizes(0, 0), [], 24 * GB, 0],
    ['is never less than none', sizes(10, 11), [], undefined, 0],
  ])('%s', (_, resident, others, gpuBytes, share) => {
    expect(spillOf(resident, [resident, ...others], gpuBytes)?.share ?? 0).toBeCloseTo(share);
  });
});

describe('people are told', () => {
  it('how much of a model is on the CPU, and what to do', () => {
    expect(describeLoadedSpill('huge', { ...sizes(30, 18.6), share: 0.38 })).toEqual({
      message: 'huge is slow: 38\u00a0% on the CPU.',
      hint: 'Of 30.0 GB the GPU holds 18.6 GB. A smaller num_ctx, a smaller model or fewer models at once help.',
    });
  });

  it.each([
    [0.001, '1\u00a0% on the CPU'],
    [0.999, '99\u00a0% on the CPU'],
    [1, '100\u00a0% on the CPU'],
  ])('no share that is not true: %d', (share, words) => {
    expect(nameSpill({ ...sizes(10, 10 * (1 - share)), share })).toBe(words);
  });

  it.each([
    ['measured', 'will'],
    ['computed', 'may'],
    ['guessed', 'may'],
  ] as const)('before a load, how sure that is: %s', (basis, word) => {
    const { message } = describeSpill('huge', { kind: 'spills', evict: [], cpuShare: 0.4, basis });
    expect(message).toBe(`About 40\u00a0% of huge ${word} be on the CPU, which makes it slow.`);
  });
});

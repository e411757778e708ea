import { describe, expect, it } from 'vitest';
import { judge, type Situation } from '../../src/models/verdict.ts';
import { FULL, GB, HUGE, inMemory, model, NO_GPU, NO_SPILL, PINNED, situation } from './situations.ts';

describe('a model fits', () => {
  it.each<[string, Partial<Situation>]>([
    ['alone, to the last byte', { wanted: model('big', 24) }],
    [
      'beside others in four fifths of what is free',
      { wanted: model('b', 14.4), residents: [inMemory('a', 6)] },
    ],
    ['beside pinned ones', { wanted: model('b', 8), residents: [inMemory('a', 6, 'pinned')] }],
    ['in the RAM where there is no GPU', { ...NO_GPU }],
    ['in the RAM beside others', { ...NO_GPU, wanted: model('b', 20), residents: [inMemory('a', 6)] }],
    [
      'as far as anybody knows, where the memory is not known',
      { gpuBytes: undefined, wanted: model('b', 900) },
    ],
    [
      'in the swap where there is no GPU and its file alone fits',
      { ...NO_GPU, wanted: model('b', 40, { basis: 'computed' }) },
    ],
    [
      'as far as anybody knows, where there is no GPU and the RAM is not known',
      { ...NO_GPU, ramBytes: undefined },
    ],
  ])('%s', (_, more) => {
    expect(judge(situation(more))).toEqual({ kind: 'fits' });
  });
});

describe('a model unloads others', () => {
  it('those that the scheduler chose, and no other', () => {
    const residents = [inMemory('a', 6), inMemory('b', 10), inMemory('c', 1)];
    expect(judge(situation({ residents, evict: ['a', 'b'] }))).toEqual({
      kind: 'unloads',
      evict: ['a', 'b'],
    });
  });

  it('but never pinned ones beside which there is room', () => {
    const residents = [inMemory('a', 12), inMemory('p', 1, 'pinned')];
    expect(judge(situation({ residents, evict: ['a'] }))).toEqual({ kind: 'unloads', evict: ['a'] });
  });

  it('all that may go, where the choice is not enough: Ollama would do it by itself', () => {
    const residents = [inMemory('a', 6), inMemory('b', 6), inMemory('p', 1, 'preserved')];
    const verdict = judge(situation({ residents, evict: ['a'] }));
    expect(verdict).toEqual({ kind: 'unloads', evict: ['a', 'b'] });
  });

  it('also where it takes little, if Ollama will reckon with more', () => {
    const more = { residents: [inMemory('a', 12)], evict: [] };
    expect(judge(situation({ ...more, wanted: model('b', 9) }))).toEqual({ kind: 'fits' });
    expect(judge(situation({ ...more, wanted: model('b', 9, { beside: 10 }) }))).toEqual({
      kind: 'unloads',
      evict: ['a'],
    });
  });

  it('as far as anybody knows, where the memory is not known', () => {
    const more = { gpuBytes: undefined, residents: [inMemory('a', 12)], evict: ['a'] };
    expect(judge(situation(more))).toEqual({ kind: 'unloads', evict: ['a'] });
  });
});

describe('a model spills', () => {
  it('by what the GPU does not hold', () => {
    expect(judge(situation({ wanted: model('huge', 40) }))).toEqual({
      kind: 'spills',
      evict: [],
      cpuShare: 0.4,
      basis: 'measured',
    });
  });

  it('as a whole, where others fill the GPU', () => {
    const verdict = judge(situation({ gpuBytes: 0, wanted: model('b', 20) }));
    expect(verdict).toMatchObject({ kind: 'spills', cpuShare: 1 });
    expect(judge(situation({ gpuBytes: 0, wanted: model('b', 20), allowSpill: false }))).toMatchObject({
      why: 'no_spill',
    });
  });

  it('once the others have gone', () => {
    const more = { wanted: model('huge', 40), residents: [inMemory('a', 6)], evict: ['a'] };
    expect(judge(situation(more))).toMatchObject({ kind: 'spills', evict: ['a'] });
  });

  it('rather than being refused on a mere formula', () => {
    const wanted = model('huge', 70, { basis: 'computed', least: 20 });
    expect(judge(situation({ wanted }))).toMatchObject({ kind: 'spills', basis: 'computed' });
  });

  it('as far as anybody knows, where the RAM is not known', () => {
    const more = { wanted: model('huge', 400), ramBytes: undefined };
    expect(judge(situation(more))).toMatchObject({ kind: 'spills' });
  });

  it('rather than being refused on a guess, where spilling is forbidden', () => {
    const wanted = model('odd', 30, { basis: 'guessed', least: 20 });
    expect(judge(situation({ wanted, allowSpill: false }))).toMatchObject({
      kind: 'spills',
      basis: 'guessed',
    });
  });
});

describe('a model can never be loaded', () => {
  it('that GPU and RAM together do not hold', () => {
    const residents = [inMemory('a', 6), inMemory('p', 2, 'pinned')];
    expect(judge(situation({ ...HUGE, residents, evict: undefined }))).toMatchObject({
      kind: 'never',
      why: 'too_large',
      requiredBytes: 60 * GB,
      availableBytes: 48 * GB,
      freeableBytes: 8 * GB,
      keepers: [],
    });
  });

  it('that the RAM does not hold where there is no GPU', () => {
    const more = { ...NO_GPU, wanted: model('big', 33) };
    expect(judge(situation(more))).toMatchObject({ why: 'too_large', availableBytes: 32 * GB });
  });

  it('whose file alone is too large, whatever else it takes', () => {
    const wanted = model('huge', 90, { basis: 'guessed', least: 57 });
    expect(judge(situation({ wanted }))).toMatchObject({ why: 'too_large', requiredBytes: 57 * GB });
  });

  it('that the GPU does not hold where spilling is forbidden', () => {
    expect(judge(situation({ ...NO_SPILL, residents: [inMemory('a', 6)], evict: ['a'] }))).toMatchObject({
      why: 'no_spill',
      requiredBytes: 30 * GB,
      availableBytes: 18 * GB,
      freeableBytes: 6 * GB,
    });
  });

  it('where pinned models leave too little, and they are named', () => {
    expect(judge(situation(PINNED))).toMatchObject({
      why: 'kept',
      requiredBytes: 20 * GB,
      availableBytes: 8 * GB,
      freeableBytes: 4.8 * GB,
      keepers: [{ tag: 'p', keeps: 'pinned' }],
    });
    expect(judge(situation({ ...PINNED, evict: ['a'] }))).toMatchObject({ why: 'kept' });
  });

  it('where pinned models are as many as may be in memory', () => {
    const verdict = { why: 'max_models', keepers: [{ tag: 'p', keeps: 'preserved' }] };
    expect(judge(situation(FULL))).toMatchObject({ ...verdict, availableBytes: 12.8 * GB });
    expect(judge(situation({ ...FULL, gpuBytes: undefined }))).toMatchObject({
      ...verdict,
      availableBytes: undefined,
      freeableBytes: undefined,
    });
  });
});

describe('a model waits for those that make room for no other one', () => {
  const preserved = (leaves = true) => ({ ...inMemory('a', 8, 'preserved'), leaves });
  const pinned = inMemory('p', 8, 'pinned');
  const big = { wanted: model('big', 16), evict: undefined };

  it('where they leave by themselves', () => {
    const waits = { kind: 'waits', keepers: [{ tag: 'a', keeps: 'preserved' }], evict: [] };
    expect(judge(situation({ ...big, residents: [preserved()] }))).toEqual(waits);
    expect(judge(situation({ ...FULL, residents: [preserved()], maxModels: 1 }))).toEqual(waits);
  });

  it('and names who leaves for it then', () => {
    const residents = [preserved(), inMemory('b', 6), inMemory('c', 2)];
    const waits = { kind: 'waits', keepers: [{ tag: 'a' }], evict: ['b'] };
    expect(judge(situation({ ...big, residents, evictLater: ['b'] }))).toMatchObject(waits);
  });

  it('not where they never do', () => {
    expect(judge(situation({ ...big, residents: [preserved(false)] }))).toMatchObject({
      kind: 'never',
      keepers: [{ tag: 'a', keeps: 'preserved' }],
    });
  });

  it('not where there is no room beside the pinned ones either, which are why then', () => {
    const residents = [preserved(), pinned];
    const never = { kind: 'never', keepers: [{ tag: 'p', keeps: 'pinned' }] };
    expect(judge(situation({ ...big, residents }))).toMatchObject({ ...never, why: 'kept' });
    expect(judge(situation({ ...FULL, residents, maxModels: 1 }))).toMatchObject({
      ...never,
      why: 'max_models',
    });
  });

  it('not where it would not be loaded without them', () => {
    expect(judge(situation({ ...NO_SPILL, residents: [preserved()], evict: undefined }))).toMatchObject({
      kind: 'never',
      why: 'no_spill',
    });
  });
});

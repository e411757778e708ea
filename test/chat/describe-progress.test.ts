import { describe, expect, it } from 'vitest';
import { describeAbout } from '../../src/chat/describe-amount.ts';
import { barOf, describeProgress } from '../../src/chat/describe-progress.ts';
import type { LoadProgress, Progress } from '../../src/chat/progress.ts';

const MEASURED = { aboutSeconds: 35, upToSeconds: 50, basis: 'measured' } as const;
const GUESSED = { aboutSeconds: 40, upToSeconds: 80, basis: 'guessed' } as const;
const load = (forSeconds: number, more: Partial<LoadProgress> = {}): LoadProgress => ({
  stage: 'loading',
  model: 'qwen2.5:32b',
  forSeconds,
  ...more,
});

const told = (progress: Progress) => describeProgress(progress).replaceAll('\u00a0', ' ');

describe('a load is described', () => {
  it.each([
    [load(12), 'Loading qwen2.5:32b (12 s so far)'],
    [load(11, { estimate: MEASURED }), 'Loading qwen2.5:32b: about 24 s left (usually 35 s)'],
    [load(35, { estimate: MEASURED }), 'Loading qwen2.5:32b: up to 15 s more (usually 35 s)'],
    [load(50, { estimate: MEASURED }), 'Loading qwen2.5:32b: longer than usual, 50 s so far'],
    [load(4, { estimate: GUESSED }), 'Loading qwen2.5:32b: about 36 s left (a guess from its size)'],
    [load(125, { estimate: GUESSED }), 'Loading qwen2.5:32b: longer than guessed, 2 min 10 s so far'],
    [
      load(33, { stage: 'initializing', estimate: MEASURED }),
      'Starting qwen2.5:32b: about 2 s left (usually 35 s)',
    ],
  ])('%j', (progress, words) => {
    expect(told(progress)).toBe(words);
  });

  it('with a bar that is never full, for fronts that have only text', () => {
    const bars = [0, 0.19, 0.2, 0.59, 0.8, 0.9].map((share) => barOf(load(1, { share })));
    expect(bars).toEqual(['░░░░░', '░░░░░', '▓░░░░', '▓▓░░░', '▓▓▓▓░', '▓▓▓▓░']);
    expect(barOf(load(1))).toBe('');
    expect(barOf({ stage: 'unloading', model: 'b', unloading: ['a'], share: 0.5 })).toBe('');
  });
});

describe('what else is waited for is described', () => {
  const queued = { stage: 'queued', waitsFor: 'turn', ahead: 2, model: 'a' } as const;
  it.each([
    [queued, '2 questions ahead'],
    [{ ...queued, estimate: MEASURED }, '2 questions ahead · begins in about 35 s'],
    [{ ...queued, ahead: 0, estimate: MEASURED }, 'begins in about 35 s'],
    [{ ...queued, ahead: 0 }, 'Next in line'],
    [
      { ...queued, waitsFor: 'model', ahead: 1, estimate: GUESSED },
      'Waiting until a can be loaded · 1 question ahead · begins in about 40 s, at a guess',
    ],
    [{ ...queued, waitsFor: 'order', ahead: 1 }, 'Waiting for a load ordered earlier'],
    [{ ...queued, waitsFor: 'order', ahead: 2 }, 'Waiting for 2 loads ordered earlier'],
    [
      { ...queued, waitsFor: 'room', kept: { by: ['b'], aboutSeconds: 90 } },
      'Waiting until b leaves the memory: in about 1 min 30 s, if nobody asks it',
    ],
    [
      { ...queued, waitsFor: 'room', kept: { by: ['b', 'c'] } },
      'Waiting until b and c leave the memory: once nobody asks them any more',
    ],
    [{ stage: 'checking_memory', model: 'a' }, 'Looking whether the memory holds a'],
    [
      { stage: 'unloading', model: 'c', unloading: ['a', 'b'], share: 0.5 },
      'Unloading a, b → then loading c',
    ],
    [{ stage: 'generating', model: 'a' }, 'a is reading the question'],
  ] as const)('%j', (progress, words) => {
    expect(told(progress)).toBe(words);
  });
});

it.each([
  [1, '1 s'],
  [59, '59 s'],
  [60, '1 min'],
  [64, '1 min'],
  [66, '1 min 10 s'],
  [119, '2 min'],
  [599, '10 min'],
  [630, '11 min'],
])('%i seconds are about %s', (seconds, words) => {
  expect(describeAbout(seconds).replaceAll('\u00a0', ' ')).toBe(words);
});

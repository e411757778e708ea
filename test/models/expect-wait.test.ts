import { expect, it } from 'vitest';
import { expectWait } from '../../src/models/expect-wait.ts';
import type { Estimate } from '../../src/models/load-series.ts';
import type { TimesOfModel } from '../../src/models/model-times.ts';
import type { HostState } from '../../src/models/schedule/state.ts';
import { host, model, ready, waiting } from './schedule/states.ts';

const measured = (seconds: number): Estimate => ({
  medianMs: seconds * 1_000,
  p90Ms: seconds * 2_000,
  basis: 'measured',
});
const guessed = (seconds: number): Estimate => ({ ...measured(seconds), basis: 'guessed' });

/** An answer takes 10 s, a cold load 30 s. */
const TIMES: TimesOfModel = {
  cold: measured(30),
  warm: measured(2),
  service: measured(10),
  expected: 'cold',
};

const aboutOf = (state: HostState, id: string, times: Partial<TimesOfModel> = {}) => {
  const job = state.waiting.find((one) => one.id === id);
  return job && expectWait(state, () => ({ ...TIMES, ...times }))(job)?.aboutSeconds;
};

const OUT = { models: [ready('a', { running: 1 }), model('b')], waiting: waiting('b1', 'a1', 'b2') };

type Case = readonly [string, Partial<HostState>, string, number | undefined, Partial<TimesOfModel>];

const CASES: readonly Case[] = [
  [
    'as long as those before it are answered',
    { models: [ready('a', { running: 1 })], waiting: waiting('a1', 'a2') },
    'a2',
    20,
    {},
  ],
  [
    'in rounds, where the model answers several at once',
    { models: [ready('a', { running: 2, slots: 2 })], waiting: waiting('a1', 'a2') },
    'a2',
    10,
    {},
  ],
  [
    'no time worth a word, where a slot is free',
    { models: [ready('a')], waiting: waiting('a1') },
    'a1',
    undefined,
    {},
  ],
  [
    'not counted with those in the background',
    {
      models: [ready('a', { running: 1 })],
      waiting: [{ id: 'a0', model: 'a', eligibleAt: 0, isBackground: true }, ...waiting('a1')],
    },
    'a1',
    10,
    {},
  ],
  ['until the others are answered and its model is loaded', OUT, 'b1', 50, {}],
  ['… and those before it, too', OUT, 'b2', 60, {}],
  ['less, where the file is in the page cache', OUT, 'b1', 25, { expected: 'warm' }],
  [
    'not known, where its model is missing and another one too',
    { ...OUT, waiting: waiting('b1', 'c1') },
    'b1',
    undefined,
    {},
  ],
  ['not known, where a load may come between', OUT, 'a1', undefined, {}],
  ['not known, where a person ordered another model', { ...OUT, order: 'c' }, 'b1', undefined, {}],
  [
    'not known, where its load has failed',
    { ...OUT, models: [ready('a'), model('b', { restsUntil: 1 })] },
    'b1',
    undefined,
    {},
  ],
  ['not known, where a person is to agree', { ...OUT, asksFirst: true }, 'b1', undefined, {}],
  ['not known, where no answer was ever measured', OUT, 'b1', undefined, { service: undefined }],
];

it.each(CASES)('a question waits %s', (_, change, id, seconds, times) => {
  expect(aboutOf(host(change), id, times)).toBe(seconds);
});

it('a wait is a guess where a part of it is', () => {
  const [b1] = host(OUT).waiting;
  const wait = b1 && expectWait(host(OUT), () => ({ ...TIMES, cold: guessed(30) }))(b1);
  expect(wait).toEqual({ aboutSeconds: 50, upToSeconds: 120, basis: 'guessed' });
});

it.each([
  [3, 5],
  [57, 60],
  [61, 90],
  [601, 660],
])('%i s are told as %i', (seconds, told) => {
  const state = host({ models: [ready('a', { running: 1 })], waiting: waiting('a1') });
  expect(aboutOf(state, 'a1', { service: measured(seconds) })).toBe(told);
});

import { expect, it } from 'vitest';
import { decide } from '../../../src/models/schedule/decide.ts';
import type { HostState } from '../../../src/models/schedule/state.ts';
import { host, model, ready, waiting } from './states.ts';

const start = (job: string) => ({ type: 'start', job, model: job.replace(/\d+$/, '') });
const load = (tag: string, ...evict: string[]) => ({ type: 'load', model: tag, evict });
const asked = (...evict: string[]) => ({ kind: 'asked', evict }) as const;
const given = (...evict: string[]) => ({ kind: 'given', evict }) as const;

const SMALL = { needBytes: 5 };
const POPULAR = { ...SMALL, arrivalRate: 0.01 };
/** For two small ones. */
const ROOM = { totalBytes: 10, headroom: 1 };

type Case = readonly [string, Partial<HostState>, readonly unknown[]];

const CASES: readonly Case[] = [
  [
    'whose question would push a model out is asked first',
    { models: [ready('a'), model('b')], waiting: waiting('b1', 'a1') },
    [{ type: 'ask', job: 'b1', evict: ['a'] }, start('a1')],
  ],
  [
    '… once',
    {
      models: [ready('a'), model('b')],
      waiting: [{ id: 'b1', model: 'b', eligibleAt: 0, consent: asked('a') }],
    },
    [],
  ],
  [
    '… also while nothing makes room for it, because another model is on its way in',
    {
      models: [ready('a', SMALL), model('x', { ...SMALL, state: 'loading' }), model('b')],
      waiting: [{ id: 'b1', model: 'b', eligibleAt: 0, consent: asked('a') }],
      memory: ROOM,
    },
    [],
  ],
  [
    '… and then it is loaded',
    {
      models: [ready('a'), model('b')],
      waiting: [{ id: 'b1', model: 'b', eligibleAt: 0, consent: given('a') }],
    },
    [load('b', 'a')],
  ],
  [
    '… but not if more would have to leave than was named',
    {
      models: [ready('a', SMALL), ready('x', SMALL), model('b')],
      waiting: [{ id: 'b1', model: 'b', eligibleAt: 0, consent: given('a') }],
      memory: ROOM,
    },
    [{ type: 'ask', job: 'b1', evict: ['a', 'x'] }],
  ],
  [
    '… and what was named leaves, though by now another one would cost less, overdue or not',
    {
      models: [ready('a', POPULAR), ready('x', SMALL), model('b', SMALL)],
      waiting: [{ id: 'b1', model: 'b', eligibleAt: -10_000_000, consent: given('a') }],
      memory: ROOM,
    },
    [load('b', 'a')],
  ],
  [
    '… and a plan that would take another one is made anew',
    {
      models: [ready('a', { ...SMALL, running: 1 }), ready('x', SMALL), model('b', SMALL)],
      waiting: [{ id: 'b1', model: 'b', eligibleAt: 0, consent: given('a') }],
      memory: ROOM,
      plan: { model: 'b', evict: ['x'], isOrder: false },
    },
    [{ type: 'plan', plan: { model: 'b', evict: ['a'], isOrder: false } }],
  ],
  [
    'what was asked about stays so as long as it makes room',
    {
      models: [ready('a', POPULAR), ready('x', SMALL), model('b', SMALL)],
      waiting: [{ id: 'b1', model: 'b', eligibleAt: 0, consent: asked('a') }],
      memory: ROOM,
    },
    [],
  ],
  [
    'nothing is asked any more where the model is on its way in for somebody else',
    {
      models: [model('b', { state: 'loading' })],
      waiting: [{ id: 'b1', model: 'b', eligibleAt: 0, consent: asked('a') }],
    },
    [{ type: 'ask', job: 'b1', evict: [] }],
  ],
  [
    '… also where the memory is unknown',
    {
      models: [model('b', { state: 'loading' })],
      waiting: [{ id: 'b1', model: 'b', eligibleAt: 0, consent: asked('a') }],
      memory: undefined,
    },
    [{ type: 'ask', job: 'b1', evict: [] }],
  ],
  [
    '… or where it has room by now',
    {
      models: [model('a'), model('b')],
      waiting: [{ id: 'b1', model: 'b', eligibleAt: 0, consent: asked('a') }],
    },
    [{ type: 'ask', job: 'b1', evict: [] }, load('b')],
  ],
  [
    'an order takes what it needs, whatever was asked',
    {
      models: [ready('a'), model('b')],
      waiting: [{ id: 'b1', model: 'b', eligibleAt: 0, consent: asked('a') }],
      order: 'b',
    },
    [load('b', 'a')],
  ],
  [
    'whoever is asked keeps no wish from being loaded',
    {
      models: [ready('a', SMALL), model('b', { needBytes: 14 }), model('p', SMALL)],
      waiting: [{ id: 'b1', model: 'b', eligibleAt: 0, consent: asked('a') }],
      wishes: [{ model: 'p', mayEvict: true }],
    },
    [load('p')],
  ],
  [
    'whoever is asked does not hold up questions in the background',
    {
      models: [ready('a'), model('b')],
      waiting: [
        { id: 'b1', model: 'b', eligibleAt: 0, consent: asked('a') },
        { id: 'a1', model: 'a', eligibleAt: 0, isBackground: true },
      ],
    },
    [start('a1')],
  ],
  [
    'nobody is asked about what fits beside',
    {
      models: [ready('a'), model('b', SMALL)],
      waiting: waiting('b1'),
    },
    [load('b')],
  ],
];

it.each(CASES)('%s', (_, state, actions) => {
  expect(decide(host({ ...state, asksFirst: true }), 0)).toEqual(actions);
});

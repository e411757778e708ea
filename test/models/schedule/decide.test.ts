import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/models/schedule/decide.ts';
import type { HostState, Plan } from '../../../src/models/schedule/state.ts';
import { host, model, ready, waiting } from './states.ts';

const start = (job: string) => ({ type: 'start', job, model: job.replace(/\d+$/, '') });
const load = (tag: string, ...evict: string[]) => ({ type: 'load', model: tag, evict });
const wake = (at: number) => ({ type: 'wake', at });
const plan = (tag: string, ...evict: string[]): Plan => ({ model: tag, evict, isOrder: false });
const order = (tag: string, ...evict: string[]): Plan => ({ ...plan(tag, ...evict), isOrder: true });
const planned = (to: Plan | undefined) => ({ type: 'plan', plan: to });

/** Overdue: 60 s, and twice the loads of both models. */
const OVERDUE = 140_000;
const unknown = { memory: undefined } as const;

type Case = readonly [string, Partial<HostState>, number, readonly unknown[]];

const CASES: readonly Case[] = [
  ['nothing happens while nobody waits', { models: [ready('a')] }, 0, []],
  [
    '(1) nothing happens while Ollama is away',
    { reachable: false, models: [model('a')], waiting: waiting('a1') },
    0,
    [],
  ],
  [
    '(1) a question in the background goes when no other does',
    { models: [ready('a')], waiting: [{ id: 'a1', model: 'a', eligibleAt: 0, isBackground: true }] },
    0,
    [start('a1')],
  ],
  [
    '(1) … and not before',
    {
      models: [ready('a', { running: 1 }), model('b')],
      waiting: [
        { id: 'b1', model: 'b', eligibleAt: 0, isBackground: true },
        { id: 'a1', model: 'a', eligibleAt: 1 },
      ],
    },
    0,
    [],
  ],
  [
    '(3) a plan that nobody waits for any more is dropped',
    { models: [ready('a', { running: 1 }), model('b')], plan: plan('b', 'a') },
    0,
    [planned(undefined)],
  ],
  [
    '(3) an order is a plan, whose victims begin nothing more',
    { models: [ready('a', { running: 1 }), model('b')], waiting: waiting('a1'), order: 'b' },
    0,
    [planned(order('b', 'a'))],
  ],
  [
    '(3) an order goes before another plan, and is carried out as soon as its victims are free',
    {
      models: [ready('a'), model('b'), model('c')],
      waiting: waiting('c1', 'a1'),
      plan: plan('c', 'a'),
      order: 'b',
    },
    0,
    [load('b', 'a')],
  ],
  [
    '(3) a plan whose room another client took is made anew',
    {
      models: [ready('a', { needBytes: 4, running: 1 }), ready('x', { needBytes: 10 }), model('b')],
      waiting: waiting('b1'),
      plan: plan('b', 'a'),
    },
    1,
    [load('b', 'x')],
  ],
  [
    '(4) whoever is overdue gets a plan',
    { models: [ready('a', { running: 1 }), model('b')], waiting: waiting('b1', 'a1') },
    OVERDUE,
    [planned(plan('b', 'a'))],
  ],
  [
    '(4) before that, models in memory go on',
    { models: [ready('a', { running: 0 }), model('b')], waiting: waiting('b1', 'a1') },
    OVERDUE - 1,
    [start('a1'), wake(OVERDUE)],
  ],
  [
    '(5) a victim answers what was there before its visit began, and nothing else',
    {
      models: [ready('a', { readyAt: 1 }), model('b')],
      waiting: waiting('b1', 'a1', 'a2'),
      plan: plan('b', 'a'),
    },
    OVERDUE,
    [start('a1')],
  ],
  [
    '(5) then it goes',
    {
      models: [ready('a', { readyAt: 1 }), model('b')],
      waiting: [...waiting('b1'), { id: 'a2', model: 'a', eligibleAt: 2 }],
      plan: plan('b', 'a'),
    },
    OVERDUE,
    [load('b', 'a')],
  ],
  [
    '(6) the model whose people wait longest for what they cost is loaded',
    { models: [model('a', { coldLoadMs: 60_000 }), model('b')], waiting: waiting('a1', 'b1') },
    0,
    [load('b')],
  ],
  [
    '(6) many go before one',
    { models: [model('a'), model('b', { serviceMs: 1_000 })], waiting: waiting('a1', 'b1', 'b2', 'b3') },
    10,
    [load('b')],
  ],
  [
    '(6) a model that somebody waits for is no victim',
    { models: [ready('a', { running: 1 }), model('b')], waiting: waiting('b1', 'a1') },
    10,
    [wake(5_010)],
  ],
  [
    '(6) beside others, where it fits; the others answer meanwhile',
    {
      models: [ready('a'), model('b', { needBytes: 5 })],
      waiting: waiting('a1', 'b1'),
    },
    10,
    [load('b'), start('a1')],
  ],
  [
    '(6) what is free is not filled to the last byte',
    {
      models: [ready('a'), model('b', { needBytes: 5 })],
      waiting: waiting('b1'),
      memory: { totalBytes: 15, headroom: 0.8 },
    },
    10,
    [load('b', 'a')],
  ],
  [
    '(6) a model that needs more than there is comes alone',
    { models: [ready('a'), model('b', { needBytes: 99 })], waiting: waiting('b1') },
    10,
    [load('b', 'a')],
  ],
  [
    '(6) a pinned model that leaves no room stays',
    { models: [ready('a', { keeps: 'pinned' }), model('b')], waiting: waiting('b1') },
    OVERDUE,
    [],
  ],
  [
    '(6) one load at a time',
    {
      models: [model('a', { state: 'loading', needBytes: 1 }), model('b', { needBytes: 1 })],
      waiting: waiting('b1'),
    },
    10,
    [],
  ],
  [
    '(7) the first in goes first, as far as there are slots',
    { models: [ready('a', { slots: 2 })], waiting: waiting('a2', 'a1', 'a3') },
    0,
    [start('a2'), start('a1')],
  ],
  [
    '(7) models in memory answer side by side, also while another one comes',
    {
      models: [
        ready('a', { running: 1, needBytes: 1 }),
        ready('b', { needBytes: 1 }),
        model('c', { state: 'loading', needBytes: 1 }),
      ],
      waiting: waiting('a1', 'b1', 'c1'),
    },
    0,
    [start('b1')],
  ],
  [
    '(8) the file of the model that comes next is read while another one answers',
    {
      models: [ready('a', { running: 1 }), model('b'), model('c')],
      waiting: waiting('b1', 'c1', 'c2'),
      pageCache: { bytes: 20, files: [{ tag: 'a', bytes: 9 }], staging: undefined, diskBusy: false },
    },
    10,
    [{ type: 'stage', model: 'c' }, wake(5_010)],
  ],
  [
    '(8) … unless the disk is busy, or it pushes out what is worth more',
    {
      models: [ready('a', { running: 1 }), model('b'), model('c')],
      waiting: waiting('b1', 'c1', 'c2'),
      pageCache: { bytes: 10, files: [{ tag: 'c', bytes: 9 }], staging: undefined, diskBusy: false },
    },
    10,
    [wake(5_010)],
  ],
  [
    '(9) with nothing to do, a wish is loaded',
    { models: [ready('a'), model('b')], wishes: [{ model: 'b', mayEvict: true }] },
    0,
    [load('b', 'a')],
  ],
  [
    '(9) … at nobody’s cost, where it may not push out',
    {
      models: [ready('a'), model('b'), model('c', { needBytes: 5 })],
      wishes: [
        { model: 'b', mayEvict: false },
        { model: 'c', mayEvict: false },
      ],
    },
    0,
    [load('c')],
  ],
  [
    '(9) … beside an idle model that would leave for any other load',
    {
      models: [ready('a'), model('b', { needBytes: 5 })],
      eviction: 'immediate',
      wishes: [{ model: 'b', mayEvict: false }],
    },
    0,
    [load('b')],
  ],
  [
    '(9) … also while somebody waits for a model that rests after a failed load',
    {
      models: [model('a'), model('b', { restsUntil: 500 })],
      waiting: waiting('b1'),
      wishes: [{ model: 'a', mayEvict: false }],
    },
    0,
    [load('a'), wake(500)],
  ],
  [
    '(9) … but not while anybody is answered',
    {
      models: [ready('a', { running: 1 }), model('b', { needBytes: 1 })],
      wishes: [{ model: 'b', mayEvict: true }],
    },
    0,
    [],
  ],
  [
    '(9) … nor while somebody’s order waits for what makes no room for it',
    {
      models: [ready('a', { keeps: 'preserved' }), model('b'), model('c', { needBytes: 5 })],
      order: 'b',
      wishes: [{ model: 'c', mayEvict: true }],
    },
    0,
    [],
  ],
  [
    '(9) … unless the ordered model rests',
    {
      models: [model('b', { restsUntil: 500 }), model('c', { needBytes: 5 })],
      order: 'b',
      wishes: [{ model: 'c', mayEvict: true }],
    },
    0,
    [load('c')],
  ],
  [
    '(9) … that pushes out nothing which another client uses',
    {
      models: [ready('a', { isOthers: true }), ready('b', { needBytes: 1 }), model('c')],
      wishes: [{ model: 'c', mayEvict: true }],
    },
    0,
    [],
  ],
  [
    '(9) … nor anything where people are asked first',
    {
      models: [ready('a'), model('b'), model('c', { needBytes: 5 })],
      asksFirst: true,
      wishes: [
        { model: 'b', mayEvict: true },
        { model: 'c', mayEvict: true },
      ],
    },
    0,
    [load('c')],
  ],
  [
    '(9) … into an unknown memory only where it was seen to fit',
    {
      models: [ready('a'), model('b'), model('c', { needBytes: 5 })],
      memory: undefined,
      roomSeen: { heldBytes: 15, refusedBytes: 99, headroom: 1 },
      wishes: [
        { model: 'b', mayEvict: false },
        { model: 'c', mayEvict: false },
      ],
    },
    0,
    [load('c')],
  ],
  [
    '(9) … or may be tried, unless that could hit a pinned model',
    {
      models: [ready('a'), model('b')],
      memory: undefined,
      wishes: [{ model: 'b', mayEvict: false, mayTry: true }],
    },
    0,
    [load('b')],
  ],
  [
    '(9) … which it could here',
    {
      models: [ready('a', { keeps: 'pinned' }), model('b')],
      memory: undefined,
      wishes: [{ model: 'b', mayEvict: false, mayTry: true }],
    },
    0,
    [],
  ],
  [
    '(10) unloadIdle: a model that nobody wants goes; one of another client, and a pinned one, stay',
    {
      models: [ready('a'), ready('b', { foreign: true }), ready('c', { keeps: 'pinned' })],
      unloadIdle: true,
    },
    0,
    [{ type: 'unload', model: 'a' }],
  ],
  [
    '(10) unloadIdle: a model stays for the questions that are expected, unless it is to leave',
    { models: [ready('a'), ready('b')], awaited: ['a', 'b'], leaving: ['b'], unloadIdle: true },
    0,
    [{ type: 'unload', model: 'b' }],
  ],
  [
    '(10) a model that is to leave begins nothing more, and goes once it answers nothing',
    { models: [ready('a', { running: 1 }), ready('b')], waiting: waiting('a1', 'b1'), leaving: ['a', 'b'] },
    0,
    [{ type: 'unload', model: 'b' }],
  ],
  [
    '(11) a model that rests after a failed load is left alone until then',
    { models: [model('a'), model('b', { restsUntil: 500 })], waiting: waiting('b1') },
    0,
    [wake(500)],
  ],
  [
    '(11) after its rest it is tried again',
    { models: [model('b', { restsUntil: 500 })], waiting: waiting('b1') },
    500,
    [load('b')],
  ],
  [
    'unknown memory: a load waits until nobody is answered any more',
    { ...unknown, models: [ready('a', { running: 1 }), model('b')], waiting: waiting('b1') },
    0,
    [wake(5_000)],
  ],
  [
    'unknown memory: it pushes out only what max_models demands',
    { ...unknown, models: [ready('a'), model('b')], waiting: waiting('b1') },
    0,
    [load('b')],
  ],
  [
    'unknown memory: nothing begins while a model comes or goes',
    {
      ...unknown,
      models: [ready('a'), model('b', { state: 'loading' }), ready('c', { state: 'unloading' })],
      waiting: waiting('a1', 'b1'),
    },
    0,
    [],
  ],
  [
    'unknown memory: a wish that may cost nothing waits for an empty server',
    { ...unknown, models: [ready('a'), model('b')], wishes: [{ model: 'b', mayEvict: false }] },
    0,
    [],
  ],
];

describe('decide', () => {
  it.each(CASES)('%s', (_, state, now, actions) => {
    expect(decide(host(state), now)).toEqual(actions);
  });
});

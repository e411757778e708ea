import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type HostState, type ModelInMemory, PATIENCE_MS } from '../../src/models/schedule.ts';

function ready(tag: string, more: Partial<ModelInMemory> = {}): ModelInMemory {
  return { tag, state: 'ready', running: 0, sizeBytes: 1, lastUsedAt: 0, foreign: false, ...more };
}

function host(more: Partial<HostState>): HostState {
  return {
    host: 'here',
    reachable: true,
    models: [],
    waiting: [],
    resting: {},
    parallel: 1,
    maxModels: 3,
    eviction: 'lru',
    unloadIdle: false,
    ...more,
  };
}

/** Jobs named by their model and number, eligible one after the other. */
function waiting(...ids: string[]) {
  return ids.map((id, index) => ({ id, model: id.replace(/\d+$/, ''), eligibleAt: index }));
}

const start = (job: string) => ({ type: 'start', job, model: job.replace(/\d+$/, '') });
const load = (model: string, ...evict: string[]) => ({ type: 'load', model, evict });

const CASES: readonly [string, Partial<HostState>, number, readonly unknown[]][] = [
  ['nothing happens while nobody waits', { models: [ready('a')] }, 0, []],
  ['(1) nothing happens while Ollama is away', { reachable: false, waiting: waiting('a1') }, 0, []],
  [
    '(1) nothing starts while a model is on its way in',
    { models: [ready('a'), ready('b', { state: 'loading' })], waiting: waiting('a1', 'b1') },
    0,
    [],
  ],
  [
    '(1) nothing starts while a model is on its way out',
    { models: [ready('a', { state: 'unloading' })], waiting: waiting('a1') },
    0,
    [],
  ],
  [
    '(4) a question for a model in memory starts',
    { models: [ready('a')], waiting: waiting('a1') },
    0,
    [start('a1')],
  ],
  [
    '(4) the first in goes first, as far as there are slots',
    { models: [ready('a')], waiting: waiting('a2', 'a1', 'a3'), parallel: 2 },
    0,
    [start('a2'), start('a1')],
  ],
  ['(4) no slot, no start', { models: [ready('a', { running: 1 })], waiting: waiting('a1') }, 0, []],
  [
    '(4) models in memory answer side by side',
    { models: [ready('a', { running: 1 }), ready('b')], waiting: waiting('a1', 'b1') },
    0,
    [start('b1')],
  ],
  ['(5) the model of the oldest question is loaded', { waiting: waiting('b1', 'a1') }, 0, [load('b')]],
  [
    '(5) a load waits until nothing is answered any more, and is thought of again in time',
    { models: [ready('a', { running: 1 })], waiting: waiting('b1') },
    0,
    [{ type: 'wake', at: PATIENCE_MS }],
  ],
  [
    '(3) younger questions go before an older one whose model is out …',
    { models: [ready('a')], waiting: waiting('b1', 'a1') },
    PATIENCE_MS - 1,
    [start('a1'), { type: 'wake', at: PATIENCE_MS }],
  ],
  [
    '(3) … for so long only',
    { models: [ready('a')], waiting: waiting('b1', 'a1') },
    PATIENCE_MS,
    [load('b')],
  ],
  [
    '(3) older ones still go before it',
    { models: [ready('a')], waiting: waiting('a1', 'b1', 'a2') },
    PATIENCE_MS * 2,
    [start('a1')],
  ],
  [
    '(2) a model that rests after a failed load is left alone until then',
    { waiting: waiting('b1', 'a1'), resting: { b: 500 } },
    0,
    [load('a')],
  ],
  [
    '(7) the end of a rest wakes',
    { waiting: waiting('b1'), resting: { b: 500 } },
    0,
    [{ type: 'wake', at: 500 }],
  ],
  [
    '(2) after its rest a model is tried again',
    { waiting: waiting('b1'), resting: { b: 500 } },
    500,
    [load('b')],
  ],
  [
    '(5) lru: the one used longest ago goes',
    {
      models: [ready('a', { lastUsedAt: 2 }), ready('b', { lastUsedAt: 1 })],
      waiting: waiting('c1'),
      maxModels: 2,
    },
    0,
    [load('c', 'b')],
  ],
  [
    '(5) largest-first: the largest one goes',
    {
      models: [ready('a', { sizeBytes: 5 }), ready('b', { sizeBytes: 1 })],
      waiting: waiting('c1'),
      maxModels: 2,
      eviction: 'largest-first',
    },
    0,
    [load('c', 'a')],
  ],
  [
    '(5) immediate: all that nobody waits for go',
    { models: [ready('a'), ready('b')], waiting: waiting('c1'), eviction: 'immediate' },
    0,
    [load('c', 'a', 'b')],
  ],
  [
    '(5) a model with questions of its own goes last',
    {
      models: [ready('a', { lastUsedAt: 1 }), ready('b', { lastUsedAt: 2 })],
      waiting: [
        { id: 'c1', model: 'c', eligibleAt: 0 },
        { id: 'a1', model: 'a', eligibleAt: 5 },
      ],
      maxModels: 2,
    },
    PATIENCE_MS,
    [load('c', 'b')],
  ],
  ['(5) below max_models nothing goes', { models: [ready('a')], waiting: waiting('b1') }, 0, [load('b')]],
  [
    '(6) unloadIdle: a model that nobody wants goes, one of another client stays',
    { models: [ready('a'), ready('b', { foreign: true })], unloadIdle: true },
    0,
    [{ type: 'unload', model: 'a' }],
  ],
  [
    '(6) unloadIdle: a model that is wanted or busy stays',
    { models: [ready('a', { running: 1 }), ready('b')], waiting: waiting('b1'), unloadIdle: true },
    0,
    [start('b1')],
  ],
];

describe('decide', () => {
  it.each(CASES)('%s', (_, state, now, actions) => {
    expect(decide(host(state), now)).toEqual(actions);
  });

  it('never starts more than the slots, never loads beside anything, never loses a victim that is busy', () => {
    const tags = ['a', 'b', 'c', 'd'];
    const model = fc.record({
      tag: fc.constantFrom(...tags),
      state: fc.constantFrom('ready' as const, 'ready' as const, 'ready' as const, 'loading' as const),
      running: fc.integer({ min: 0, max: 2 }),
      sizeBytes: fc.nat(9),
      lastUsedAt: fc.nat(9),
      foreign: fc.boolean(),
    });
    const state = fc.record({
      host: fc.constant('here'),
      reachable: fc.boolean(),
      models: fc.uniqueArray(model, { selector: ({ tag }) => tag, maxLength: 4 }),
      waiting: fc
        .array(fc.constantFrom(...tags), { maxLength: 8 })
        .map((models) => models.map((tag, index) => ({ id: `${index}`, model: tag, eligibleAt: index }))),
      resting: fc.dictionary(fc.constantFrom(...tags), fc.nat(9)),
      parallel: fc.integer({ min: 1, max: 2 }),
      maxModels: fc.integer({ min: 1, max: 4 }),
      eviction: fc.constantFrom('lru' as const, 'largest-first' as const, 'immediate' as const),
      unloadIdle: fc.boolean(),
    });
    fc.assert(
      fc.property(state, fc.integer({ min: 0, max: 2 * PATIENCE_MS }), (seen, now) => {
        const actions = decide(seen, now);
        const running = new Map(seen.models.map(({ tag, running: count }) => [tag, count]));
        for (const action of actions) {
          if (action.type === 'start') {
            const count = (running.get(action.model) ?? Number.NaN) + 1;
            expect(count).toBeLessThanOrEqual(seen.parallel);
            running.set(action.model, count);
          }
          if (action.type === 'load') {
            expect(actions).toHaveLength(1);
            expect([...running.values()].every((count) => count === 0)).toBe(true);
            expect(seen.models.length - action.evict.length + 1).toBeLessThanOrEqual(
              Math.max(seen.maxModels, seen.models.length - action.evict.length),
            );
            expect(seen.models.map(({ tag }) => tag)).toEqual(expect.arrayContaining([...action.evict]));
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { demandOf } from '../../../src/models/schedule/demand.ts';
import type { HostState, ModelState } from '../../../src/models/schedule/state.ts';
import { victims } from '../../../src/models/schedule/victims.ts';
import { host, model, ready, waiting } from './states.ts';

const RESIDENTS = [
  ready('small', { needBytes: 4, lastUsedAt: 3 }),
  ready('middle', { needBytes: 6, lastUsedAt: 1 }),
  ready('large', { needBytes: 8, lastUsedAt: 2 }),
];

/** Who goes for a model of five bytes, where two are free. */
function chosen(
  more: Partial<HostState>,
  change: Record<string, Partial<ModelState>> = {},
  isForced = false,
) {
  const models = [...RESIDENTS, model('wanted', { needBytes: 5 })];
  const changed = models.map((one) => ({ ...one, ...change[one.tag] }));
  const state = host({ memory: { totalBytes: 20, headroom: 1 }, maxModels: 9, models: changed, ...more });
  const all = demandOf(state, state.waiting, 0);
  const wanted = all.find((one) => one.model.tag === 'wanted');
  return wanted && victims(wanted, all, state, isForced);
}

describe('who makes room', () => {
  it.each<[string, Partial<HostState>, Record<string, Partial<ModelState>>, readonly string[] | undefined]>([
    ['auto: the fewest, where none is asked for', {}, {}, ['small']],
    ['auto: whoever is asked for less', {}, { small: { arrivalRate: 1e-3 } }, ['middle']],
    [
      'auto: two that nobody wants rather than one that many want',
      {
        memory: { totalBytes: 14, headroom: 1 },
      },
      { large: { arrivalRate: 1e-3 } },
      ['small', 'middle'],
    ],
    ['lru: the one used longest ago', { eviction: 'lru' }, {}, ['middle']],
    ['largest-first: the largest', { eviction: 'largest-first' }, {}, ['large']],
    [
      'lru: one that somebody waits for goes last',
      { eviction: 'lru', waiting: waiting('middle1') },
      {},
      ['large'],
    ],
    [
      'immediate: all that nobody waits for',
      { eviction: 'immediate', waiting: waiting('large1') },
      {},
      ['middle', 'small'],
    ],
    [
      'preserved and pinned models are none',
      { eviction: 'largest-first' },
      {
        large: { keeps: 'preserved' },
        middle: { keeps: 'pinned' },
      },
      ['small'],
    ],
    [
      'nobody can, where those leave no room',
      {},
      {
        large: { keeps: 'preserved', needBytes: 20 },
      },
      undefined,
    ],
    [
      'max_models counts, whatever would fit',
      { maxModels: 2, memory: { totalBytes: 99, headroom: 1 } },
      {},
      ['small', 'middle'],
    ],
    ['nobody goes where there is room', { memory: { totalBytes: 99, headroom: 1 } }, {}, []],
  ])('%s', (_, state, change, expected) => {
    const evict = chosen(state, change);
    expect(evict?.toSorted()).toEqual(expected?.toSorted());
  });

  describe('where the memory is not known', () => {
    const unknown = (more: Partial<HostState> = {}) => ({ memory: undefined, ...more });
    const seen = (heldBytes: number, refusedBytes: number) =>
      unknown({ roomSeen: { heldBytes, refusedBytes, headroom: 1 } });
    const pinned = { large: { keeps: 'pinned' } } as const;

    it.each<[string, Partial<HostState>, Record<string, Partial<ModelState>>, readonly string[] | undefined]>(
      [
        ['nobody is told to go: Ollama pushes out whom it must', unknown(), {}, []],
        ['whoever was seen not to fit goes', seen(0, 20), {}, ['small']],
        ['nobody goes where it was seen to fit', seen(23, 24), pinned, []],
        [
          'all go that may, where people are asked first',
          unknown({ asksFirst: true }),
          {},
          ['large', 'middle', 'small'],
        ],
        ['all go that may, where it could hit a pinned one', unknown(), pinned, ['middle', 'small']],
        ['nobody can, where the pinned one was seen to leave no room', seen(0, 13), pinned, undefined],
        ['max_models counts all the same', unknown({ maxModels: 1 }), {}, ['large', 'middle', 'small']],
      ],
    )('%s', (_, state, change, expected) => {
      expect(chosen(state, change)?.toSorted()).toEqual(expected?.toSorted());
    });
  });

  it('forced, those who lose their turn count', () => {
    const many = { waiting: waiting('small1', 'small2', 'small3', 'small4', 'middle1') };
    expect(chosen(many, {}, true)).toEqual(['large']);
  });

  it('of more than a dozen residents, the cheapest ones go', () => {
    const models = Array.from({ length: 14 }, (_, index) =>
      ready(`m${index}`, { needBytes: 1, arrivalRate: index * 1e-6 }),
    );
    const state = host({
      models: [...models, model('wanted', { needBytes: 3 })],
      memory: { totalBytes: 14, headroom: 1 },
      maxModels: 99,
    });
    const all = demandOf(state, [], 0);
    const wanted = all.at(-1);
    expect(wanted && victims(wanted, all, state, false)).toEqual(['m0', 'm1', 'm2']);
  });
});

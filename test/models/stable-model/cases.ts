import type { Schedule, Step } from './schedule.ts';

/** Two models, room for one at a time, and nobody knows how much there is. */
const SMALL: Schedule['settings'] = {
  models: 2,
  totalGb: undefined,
  parallel: 1,
  maxModels: 1,
  eviction: 'auto',
  keepAlive: '30m',
  asksFirst: false,
  pinned: [],
  preserved: [],
  preload: [],
  default: undefined,
};

const ask = (chat: number, model: number, ms = 20): Step => ({ do: 'ask', chat, model, ms, more: 'nothing' });
const order = (model: number): Step => ({ do: 'order', person: 0, model });
const pass = (ms: number): Step => ({ do: 'pass', ms });
const pin = (model: number): Step => ({ do: 'pin', model });
const slow = (ms: number): Step => ({ do: 'slow an unload', ms });
const failing: Step = { do: 'trouble a load', fate: { how: 'fails', share: 0 } };

type Case = readonly [name: string, settings: Partial<Schedule['settings']>, steps: readonly Step[]];

const CASES: readonly Case[] = [
  [
    'a model that was seen to have left comes in again before whoever unloads it looks',
    {},
    [slow(5_000), ask(0, 1), pass(1_500), { do: 'dismiss', model: 1 }, pass(9_000), ask(0, 0)],
  ],
  [
    'a load is given up while its victims leave, and one of them is asked for',
    { models: 4, maxModels: 3 },
    [
      ...[ask(0, 3), ask(1, 0), ask(2, 2), slow(90_000), pass(400), order(1), pass(45_000), ask(0, 1)],
      { do: 'stop', which: 0 },
    ],
  ],
  [
    'a load is given up while its victims leave, and nobody asks any more',
    {},
    [ask(0, 0), pass(9_000), slow(600), ask(0, 1), pass(40), { do: 'stop', which: 0 }],
  ],
  [
    'the server falls silent while a victim leaves',
    {},
    [ask(0, 0), slow(40_000), ask(0, 3), pass(9_000), { do: 'fall silent', ms: 1_000 }, ask(1, 0)],
  ],
  [
    'another client loads a model while a victim leaves',
    { models: 3, totalGb: 48 },
    [ask(0, 0), slow(40_000), ask(0, 1), pass(9_000), { do: 'ask as another', model: 2, ms: 20 }],
  ],
  [
    'another client loads the wanted model while its victim does not leave',
    { models: 3, totalGb: 16, maxModels: 3 },
    [
      ...[ask(0, 0), slow(90_000), ask(0, 2), pass(9_000)],
      { do: 'ask as another', model: 2, ms: 20 },
      ask(1, 4),
    ],
  ],
  [
    'another client loads the wanted model, and ours never ends',
    {},
    [
      ...[pass(40), ask(0, 1), ask(0, 0), { do: 'fall silent', ms: 1_000 } as const],
      ...[{ do: 'ask as another', model: 3, ms: 20 } as const, { do: 'delete', model: 0 } as const],
    ],
  ],
  [
    'another client pushes out a model that is about to be asked',
    { models: 5, parallel: 2, pinned: [4] },
    [
      ...[pass(1_500), ask(0, 4), pass(9_000)],
      { do: 'ask as another', model: 0, ms: 20 },
      ask(1, 4),
      { do: 'trouble the queue' },
      pass(9_000),
    ],
  ],
  [
    'another client loads a model long before the default one comes back',
    { models: 4, totalGb: 48, maxModels: 2, default: 0 },
    [ask(0, 0), ask(0, 3), ask(0, 1), pass(45_000), { do: 'ask as another', model: 2, ms: 20 }],
  ],
  [
    'a question rests after its load failed, and a pinned model is missing',
    {},
    [ask(0, 0), pin(1), pass(40), { do: 'restart', ms: 0 }],
  ],
  [
    'an order rests after its load failed, and somebody types',
    { models: 3 },
    [failing, { do: 'type', model: 0 }, ask(0, 1), pass(1_500), order(4)],
  ],
  ['the server restarts when an order comes', {}, [pass(9_000), order(0), { do: 'restart', ms: 0 }]],
  [
    'a pinned model leaves no room for what was ordered',
    {},
    [ask(0, 0), pass(9_000), ask(0, 0), order(1), pin(0)],
  ],
  [
    'a model is deleted that was ordered',
    {},
    [
      ...[pass(400), { do: 'delete', model: 0 } as const, order(0), { do: 'restart', ms: 0 } as const],
      ...[{ do: 'fall silent', ms: 1_000 } as const, { do: 'restart', ms: 0 } as const, order(0)],
    ],
  ],
  [
    'a model is pinned that was about to leave',
    {},
    [ask(0, 0), pass(9_000), { do: 'dismiss', model: 0 }, slow(90_000), pin(0), pass(1_500)],
  ],
  [
    'the default model and pinned ones have no room together',
    { models: 4, maxModels: 5, eviction: 'immediate', pinned: [1, 0], default: 3 },
    [ask(0, 3)],
  ],
];

/** Series that once broke a promise of the stable, as short as they could be. */
export const cases = CASES.map(([name, settings, steps]): readonly [string, Schedule] => [
  name,
  { settings: { ...SMALL, ...settings }, steps },
]);

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
const stop = (which: number): Step => ({ do: 'stop', which });
const order = (model: number): Step => ({ do: 'order', person: 0, model });
const type = (model: number): Step => ({ do: 'type', model });
const dismiss = (model: number): Step => ({ do: 'dismiss', model });
const pin = (model: number): Step => ({ do: 'pin', model });
const unpin = (model: number): Step => ({ do: 'unpin', model });
const remove = (model: number): Step => ({ do: 'delete', model });
const other = (model: number, ms = 20): Step => ({ do: 'ask as another', model, ms });
const otherUnloads = (model: number): Step => ({ do: 'unload as another', model });
const pass = (ms: number): Step => ({ do: 'pass', ms });
const slow = (ms: number): Step => ({ do: 'slow an unload', ms });
const restart = (ms: number): Step => ({ do: 'restart', ms });
const silent = (ms: number): Step => ({ do: 'fall silent', ms });
const failing: Step = { do: 'trouble a load', fate: { how: 'fails', share: 0 } };
const hanging: Step = { do: 'trouble a load', fate: { how: 'hangs', share: 0 } };
const look: Step = { do: 'look' };
const noStart: Step = { do: 'trouble the queue' };

/** In ten chats of their own: two after each other. */
const crowd = Array.from({ length: 10 }, (_, chat) => [ask(chat, 0, 110_000), ask(chat, 0, 110_000)]).flat();
/** Beside them, every 100 s, one that asks for another model. */
const few = Array.from({ length: 12 }, (_, index) => [
  ask(10 + index, 1 + (index % 4)),
  pass(100_000),
]).flat();

type Case = readonly [name: string, settings: Partial<Schedule['settings']>, steps: readonly Step[]];

const CASES: readonly Case[] = [
  [
    'a model that was seen to have left comes in again before whoever unloads it looks',
    {},
    [slow(5_000), ask(0, 1), pass(1_500), dismiss(1), pass(9_000), ask(0, 0)],
  ],
  [
    'a load is given up while its victims leave, and one of them is asked for',
    { models: 4, maxModels: 3 },
    [ask(0, 3), ask(1, 0), ask(2, 2), slow(90_000), pass(400), order(1), pass(45_000), ask(0, 1), stop(0)],
  ],
  [
    'a load is given up while its victims leave, and nobody asks any more',
    {},
    [ask(0, 0), pass(9_000), slow(600), ask(0, 1), pass(40), stop(0)],
  ],
  [
    'a model was to come back, and another load fails',
    {},
    [
      ask(0, 0),
      pass(9_000),
      slow(600),
      ask(0, 1),
      pass(40),
      stop(0),
      pass(1_500),
      failing,
      failing,
      failing,
      ask(0, 1),
    ],
  ],
  [
    'one victim leaves and another does not, and both would go for any load',
    { models: 3, totalGb: 48, maxModels: 3, eviction: 'immediate' },
    [slow(90_000), ask(0, 1), ask(1, 0), pass(45_000), order(2)],
  ],
  [
    'another client loads a model that was to be preloaded',
    { models: 3, keepAlive: '20s', preload: [0], default: 2 },
    [other(0), ask(3, 2), ask(3, 1)],
  ],
  [
    'a model is pinned no more while another one leaves for it',
    {},
    [ask(0, 0), pass(9_000), slow(40_000), pin(1), pass(1_500), unpin(1), pass(45_000)],
  ],
  [
    'a model was to come back, and its own load never ends',
    { models: 3 },
    [hanging, other(4), pass(45_000), ask(0, 0), remove(0), pass(45_000)],
  ],
  ['a load that nobody waits for any more never ends', {}, [type(0), hanging, pass(45_000)]],
  [
    'another client loads a pinned model, and our load of it never ends',
    { totalGb: 10 },
    [pin(1), other(1, 20_000), slow(40_000), other(0), pass(45_000)],
  ],
  [
    'the time of a model ends between two looks',
    { keepAlive: '20s' },
    [ask(0, 0), pass(23_200), order(0), pass(600), ask(1, 0)],
  ],
  [
    'the server falls silent while a victim leaves',
    {},
    [ask(0, 0), slow(40_000), ask(0, 3), pass(9_000), silent(1_000), ask(1, 0)],
  ],
  [
    'another client loads a model while a victim leaves',
    { models: 3, totalGb: 48 },
    [ask(0, 0), slow(40_000), ask(0, 1), pass(9_000), other(2)],
  ],
  [
    'another client loads the wanted model while its victim does not leave',
    { models: 3, totalGb: 16, maxModels: 3 },
    [ask(0, 0), slow(90_000), ask(0, 2), pass(9_000), other(2), ask(1, 4)],
  ],
  [
    'another client loads the wanted model, and ours never ends',
    {},
    [pass(40), ask(0, 1), ask(0, 0), silent(1_000), other(3), remove(0)],
  ],
  [
    'another client pushes out a model that is about to be asked',
    { models: 5, parallel: 2, pinned: [4] },
    [pass(1_500), ask(0, 4), pass(9_000), other(0), ask(1, 4), noStart, pass(9_000)],
  ],
  [
    'another client loads a model long before the default one comes back',
    { models: 5, totalGb: 48, maxModels: 2, default: 0 },
    [ask(0, 0), ask(0, 4), ask(0, 1, 20_000), pass(45_000), other(2), otherUnloads(4)],
  ],
  [
    'a question rests after its load failed, and a pinned model is missing',
    {},
    [ask(0, 0), pin(1), pass(40), restart(0)],
  ],
  [
    'an order rests after its load failed, and somebody types',
    { models: 3 },
    [failing, type(0), ask(0, 1), pass(1_500), order(4)],
  ],
  ['the server restarts when an order comes', {}, [pass(9_000), order(0), restart(0)]],
  [
    'a pinned model leaves no room for what was ordered',
    {},
    [ask(0, 0), pass(9_000), ask(0, 0), order(1), pin(0)],
  ],
  [
    'a model is deleted that was ordered',
    {},
    [pass(400), remove(0), order(0), restart(0), silent(1_000), restart(0), order(0)],
  ],
  [
    'a model is pinned that was about to leave',
    {},
    [ask(0, 0), pass(9_000), dismiss(0), slow(90_000), pin(0), pass(1_500)],
  ],
  [
    'the default model and pinned ones have no room together',
    { models: 4, maxModels: 5, eviction: 'immediate', pinned: [1, 0], default: 3 },
    [ask(0, 3)],
  ],
  [
    'a question is stopped twice at once',
    {},
    [ask(0, 0), ask(0, 0), ask(0, 0), pass(3), stop(1), stop(1), stop(0), stop(0), stop(0)],
  ],
  ['no load ends well', {}, [...Array.from({ length: 12 }, () => failing), ask(0, 0), pass(300_000)]],
  [
    'a pinned model that another client had loaded is on its way in when all is over',
    { models: 4 },
    [ask(0, 1), pin(3), other(3), pass(45_000)],
  ],
  [
    'nobody asks after having typed',
    { keepAlive: '2m' },
    [
      ask(0, 0),
      pass(9_000),
      type(1),
      ...Array.from({ length: 3 }, () => pass(45_000)),
      look,
      pass(40),
      type(0),
    ],
  ],
  [
    'a model that is to be preloaded is asked for at once, beside one of somebody else',
    { totalGb: 48, maxModels: 3, eviction: 'immediate', asksFirst: true, preload: [0] },
    [other(1), silent(10_000), ask(0, 0)],
  ],
  ['one model is asked without end, and the others now and then', { models: 5 }, [...crowd, ...few]],
];

/** Series that once broke a promise of the stable, seemed to, or would if it kept one less. */
export const cases = CASES.map(([name, settings, steps]): readonly [string, Schedule] => [
  name,
  { settings: { ...SMALL, ...settings }, steps },
]);

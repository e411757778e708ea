import fc from 'fast-check';
import type { LoadFate } from './load-line.ts';
import type { AnswerFate } from './ollama.ts';

/** What happens next. Models and chats by number. */
export type Step =
  | {
      readonly do: 'ask';
      readonly chat: number;
      readonly model: number;
      readonly ms: number;
      readonly more: 'nothing' | 'background' | 'impatient';
    }
  | { readonly do: 'stop' | 'agree'; readonly which: number }
  | { readonly do: 'order'; readonly person: number; readonly model: number }
  | { readonly do: 'take back'; readonly person: number }
  | {
      readonly do: 'dismiss' | 'pin' | 'unpin' | 'type' | 'unload as another' | 'delete' | 'pull';
      readonly model: number;
    }
  | { readonly do: 'ask as another'; readonly model: number; readonly ms: number }
  | { readonly do: 'trouble a load'; readonly fate: LoadFate }
  | { readonly do: 'trouble an answer'; readonly fate: AnswerFate }
  | { readonly do: 'slow an unload' | 'restart' | 'fall silent' | 'pass'; readonly ms: number }
  | { readonly do: 'trouble the queue' | 'trouble the outcomes' | 'look' };

export type Schedule = {
  readonly settings: {
    readonly models: number;
    /** Undefined: nobody knows it. */
    readonly totalGb: number | undefined;
    readonly parallel: number;
    readonly maxModels: number;
    readonly eviction: 'auto' | 'lru' | 'largest-first' | 'immediate';
    readonly keepAlive: '30m' | '2m' | '20s' | 0;
    readonly asksFirst: boolean;
    readonly pinned: readonly number[];
    readonly preserved: readonly number[];
    readonly preload: readonly number[];
    readonly default: number | undefined;
  };
  readonly steps: readonly Step[];
};

const CHATS = 4;
const MOST_MODELS = 5;
const model = fc.nat({ max: MOST_MODELS - 1 });
const person = fc.nat({ max: 1 });
const which = fc.nat({ max: 7 });
const answerMs = fc.constantFrom(20, 900, 4_000, 20_000);
const few = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.uniqueArray(model, { maxLength: 2 }) },
);

const weighted = (all: readonly (readonly [number, fc.Arbitrary<Step>])[]) =>
  fc.oneof(...all.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const ask = (
  ms: fc.Arbitrary<number>,
  chats: number,
  mores: readonly ('nothing' | 'background' | 'impatient')[],
) =>
  fc
    .record({
      chat: fc.nat({ max: chats - 1 }),
      model,
      ms,
      more: fc.constantFrom(...mores),
    })
    .map((asked): Step => ({ do: 'ask', ...asked }));

const onModel = (
  act: Extract<Step, { readonly model: number }>['do'] &
    ('dismiss' | 'pin' | 'unpin' | 'type' | 'unload as another' | 'delete' | 'pull'),
) => model.map((one): Step => ({ do: act, model: one }));
const forMs = (act: 'slow an unload' | 'restart' | 'fall silent' | 'pass', ...all: number[]) =>
  fc.constantFrom(...all).map((ms): Step => ({ do: act, ms }));

const passing = forMs('pass', 1, 3, 40, 400, 1_500, 9_000, 45_000);
const ordering = fc.record({ person, model }).map((order): Step => ({ do: 'order', ...order }));
const takingBack = person.map((one): Step => ({ do: 'take back', person: one }));

const anything = weighted([
  [32, ask(answerMs, CHATS, ['nothing', 'nothing', 'nothing', 'nothing', 'background', 'impatient'])],
  [22, passing],
  [5, which.map((one): Step => ({ do: 'stop', which: one }))],
  [1, which.map((one): Step => ({ do: 'agree', which: one }))],
  [4, ordering],
  [3, takingBack],
  [2, onModel('dismiss')],
  [1, onModel('pin')],
  [1, onModel('unpin')],
  [1, onModel('type')],
  [1, onModel('delete')],
  [1, onModel('pull')],
  [1, onModel('unload as another')],
  [2, fc.record({ model, ms: answerMs }).map((asked): Step => ({ do: 'ask as another', ...asked }))],
  [
    4,
    fc
      .record({ how: fc.constantFrom('fails', 'hangs'), share: fc.constantFrom(0, 0.5, 1) })
      .map((fate): Step => ({ do: 'trouble a load', fate })),
  ],
  [
    2,
    fc
      .constantFrom<AnswerFate>('breaks', 'refused', 'out of memory')
      .map((fate): Step => ({ do: 'trouble an answer', fate })),
  ],
  [3, forMs('slow an unload', 600, 5_000, 40_000, 90_000)],
  [2, forMs('restart', 0, 300, 8_000)],
  [1, forMs('fall silent', 1_000, 10_000)],
  [1, fc.constantFrom<Step>({ do: 'trouble the queue' }, { do: 'trouble the outcomes' }, { do: 'look' })],
]);

const settings = fc.record({
  models: fc.integer({ min: 2, max: MOST_MODELS }),
  totalGb: fc.constantFrom(undefined, 10, 16, 24, 48),
  parallel: fc.integer({ min: 1, max: 3 }),
  maxModels: fc.constantFrom(1, 2, 3, 5),
  eviction: fc.constantFrom('auto', 'lru', 'largest-first', 'immediate'),
  keepAlive: fc.constantFrom<Schedule['settings']['keepAlive']>('30m', '2m', '20s', 0),
  asksFirst: fc.nat({ max: 9 }).map((one) => one === 9),
  pinned: few,
  preserved: few,
  preload: few,
  default: fc.option(model, { nil: undefined }),
});

const inPeace = weighted([
  [24, ask(answerMs, CHATS, ['nothing', 'nothing', 'background'])],
  [16, passing],
  [4, ordering],
  [3, takingBack],
  [1, onModel('type')],
  [1, fc.constant<Step>({ do: 'look' })],
]);

/** Nothing goes wrong, and nobody stops or keeps anything: everybody gets an answer. */
export function isPeaceful({ settings: { pinned, preserved, asksFirst }, steps }: Schedule): boolean {
  const quiet = ['pass', 'order', 'take back', 'type', 'look'];
  const isQuiet = (step: Step) => (step.do === 'ask' ? step.more !== 'impatient' : quiet.includes(step.do));
  return pinned.length === 0 && preserved.length === 0 && !asksFirst && steps.every(isQuiet);
}

/** Anything that may happen, in any order. */
export const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({ settings, steps: fc.array(anything, { maxLength: 40, size: 'max' }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      settings: settings.map((one) => ({ ...one, asksFirst: false, pinned: [], preserved: [] })),
      steps: fc.array(inPeace, { maxLength: 40, size: 'max' }),
    }),
  },
);

/** Long answers for many who wait: questions become overdue. */
export const crowds: fc.Arbitrary<Schedule> = fc.record({
  settings: fc
    .record({
      models: fc.integer({ min: 3, max: MOST_MODELS }),
      totalGb: fc.constantFrom(undefined, 10, 16),
      maxModels: fc.integer({ min: 1, max: 2 }),
    })
    .chain((tight) =>
      settings.map((one) => ({ ...one, ...tight, parallel: 1, asksFirst: false, pinned: [], preserved: [] })),
    ),
  steps: fc.array(
    weighted([
      [30, ask(fc.constantFrom(50_000, 110_000, 200_000), 14, ['nothing'])],
      [10, forMs('pass', 100, 20_000, 200_000)],
      [1, which.map((one): Step => ({ do: 'stop', which: one }))],
      [1, fc.constant<Step>({ do: 'trouble a load', fate: { how: 'fails', share: 0.5 } })],
    ]),
    { minLength: 25, maxLength: 40, size: 'max' },
  ),
});

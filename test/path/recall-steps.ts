import fc from 'fast-check';
import type { CacheWish } from '../../src/cache/cacheable.ts';

const PEOPLE = ['ada', 'ben', 'eve'] as const;
/** The second is a group. */
const CHATS = ['one', 'two'] as const;
export const TEXTS = ['Why?', 'How?'] as const;
export const SCOPES = ['user', 'chat', 'shared'] as const;
const PROMPTS = ['Be kind.', 'Be brief.'] as const;
const WISHES: readonly CacheWish[] = [
  ...Array.from({ length: 6 }, () => ({})),
  { read: false },
  { read: false },
  { keep: false },
  { read: false, keep: false },
];

export type Asked = {
  readonly person: string;
  readonly chat: string;
  readonly text: string;
  readonly standalone: boolean;
  readonly wish: CacheWish;
};

/** What may happen next. `which`: of those it may happen to. */
export type Step =
  | { readonly do: 'ask' | 'invalidate'; readonly asked: Asked }
  /** Its turn has come; its answer ends, whole or cut off, or fails; its person stops it or words it otherwise. */
  | { readonly do: 'begin' | 'finish' | 'cut' | 'fail' | 'stop' | 'edit'; readonly which: number }
  | { readonly do: 'clear' | 'clear-memory' | 'pull' | 'load' | 'wait' }
  | { readonly do: 'forget'; readonly person: string; readonly chat: string }
  | { readonly do: 'prompt'; readonly chat: string; readonly text: string | null }
  | { readonly do: 'say'; readonly chat: string }
  | {
      readonly do: 'reload';
      readonly prompt: string;
      readonly scope: (typeof SCOPES)[number];
      readonly enabled: boolean;
    };

const chat = fc.constantFrom(...CHATS);
const person = fc.constantFrom(...PEOPLE);
const which = fc.nat({ max: 3 });

const wish = fc.constantFrom(...WISHES);
/** Most ask the same, or nobody would ever be given anything. */
const asked: fc.Arbitrary<Asked> = fc.oneof(
  {
    weight: 2,
    arbitrary: wish.map((wish) => ({ person: 'ada', chat: 'one', text: 'Why?', standalone: true, wish })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ person, chat, text: fc.constantFrom(...TEXTS), standalone: fc.boolean(), wish }),
  },
);

const change = fc.oneof(
  fc.constantFrom<Step>({ do: 'clear' }, { do: 'clear-memory' }, { do: 'pull' }, { do: 'load' }),
  fc.record({ do: fc.constant('forget' as const), person, chat }),
  fc.record({ do: fc.constant('prompt' as const), chat, text: fc.constantFrom(...PROMPTS, null) }),
  fc.record({ do: fc.constant('say' as const), chat }),
  fc.record({ do: fc.constant('invalidate' as const), asked }),
  fc.record({
    do: fc.constant('reload' as const),
    prompt: fc.constantFrom(...PROMPTS),
    scope: fc.constantFrom(...SCOPES),
    enabled: fc.constantFrom(true, true, true, false),
  }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('ask' as const), asked }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('begin' as const), which }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('finish' as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('cut', 'fail', 'stop', 'edit'), which }),
  },
  { weight: 4, arbitrary: change },
  { weight: 6, arbitrary: fc.constant<Step>({ do: 'wait' }) },
);

/** How it is at first, and what happens then. */
export const schedules = fc.record({
  scope: fc.constantFrom(...SCOPES),
  steps: fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
});

import fc from 'fast-check';

type Json = Readonly<Record<string, unknown>>;

/** Who sends it; `at` counts them. */
type Source = { readonly at: number; readonly stranger: number; readonly served: number };

const DATE = 1_700_000_000;
const HUGE_TEXT = 'x'.repeat(1_000_000);
const LONG_ARGUMENT = 'y'.repeat(10_000);
const DEPTH = 2_000;
/** What no person would write, and what may hurt whoever reads, cuts or keeps it. */
export const ODD_TEXTS = [
  '‮txet eht‬',
  '​‌‍⁠',
  '\ud800',
  'a\udc00b',
  'Z̷̛͚a̴l̵g̶o̸'.repeat(500),
  '\u0000\u0007\u001b[31m',
];
const WRONG: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  0.5,
  -0,
  1e308,
  2 ** 53,
  -(2 ** 53),
  'NaN',
  'Infinity',
  '',
  'x',
  [],
  [[]],
  {},
  { id: {} },
  '__proto__',
  '\ud83d',
];
const BUTTONS = [
  '',
  'x'.repeat(64),
  'x'.repeat(5_000),
  's:j',
  's:j0123456789abcdef0123456789abcde',
  'a:j0123456789abcdef0123456789abcde',
  'e:j0123456789abcdef0123456789abcde',
  'c:model:0123456789ab',
  'c:constructor:0123',
  'c:__proto__:0',
  'c:new:0123',
  "'; DROP TABLE store; --",
  '\ud800',
  '../../etc/passwd',
];
const COMMANDS = [
  '/model',
  '/start',
  '/help',
  '/stats',
  '/stop',
  '/constructor',
  '/__proto__',
  '/model@ostler_bot',
];

const user = (id: number) => ({ id, is_bot: false, first_name: 'Mallory' });
const direct = (id: number) => ({ id, type: 'private', first_name: 'Mallory' });

function messageOf(id: number, more: Json): Json {
  return { message_id: 1_000_000, date: DATE, from: user(id), chat: direct(id), ...more };
}

function commandOf(id: number, at: number): Json {
  const command = COMMANDS[at % COMMANDS.length] ?? '';
  const entities = [{ type: 'bot_command', offset: 0, length: command.length }];
  return messageOf(id, { text: `${command} ${LONG_ARGUMENT}`, entities });
}

function pressOf(id: number, at: number): Json {
  const data = BUTTONS[at % BUTTONS.length];
  const message = { message_id: 7, date: DATE, chat: direct(id) };
  return { id: `q${at}`, from: user(id), chat_instance: 'x', data, message };
}

function nested(depth: number): unknown {
  let inner: unknown = 'the end';
  for (let level = 0; level < depth; level += 1) inner = level % 2 === 0 ? [inner] : { message: inner };
  return inner;
}

/** Own keys, as a parser of JSON makes them. */
const prototypes = () =>
  JSON.parse(
    '{"__proto__":{"message":{"text":"x"}},"constructor":{"prototype":{}},"toString":1,"hasOwnProperty":2}',
  );

/** The update with one thing in it, whichever, of the wrong kind. */
function spoiled(update: Json, at: number): Json {
  const places: (readonly string[])[] = [];
  const visit = (value: unknown, path: readonly string[]) => {
    if (path.length > 0) places.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
  };
  visit(update, []);
  const copy = structuredClone(update) as Record<string, unknown>;
  const path = places[at % places.length] ?? [];
  let about = copy;
  for (const key of path.slice(0, -1)) about = about[key] as Record<string, unknown>;
  const last = path.at(-1);
  if (last !== undefined) about[last] = WRONG[Math.floor(at / places.length) % WRONG.length];
  return copy;
}

/** Everything that Telegram offers, each from somebody who is not served. */
function wellFormed({ at, stranger }: Source): readonly Json[] {
  const group = { id: -1_000_000_001_000, type: 'supergroup', title: 'A group', is_forum: true };
  const photo = [{ file_id: 'x', file_unique_id: 'x', width: 9, height: 9, file_size: 9 }];
  const entities = [
    { type: 'mention', offset: 0, length: 11 },
    { type: 'text_mention', offset: 1, length: 2, user: user(9) },
  ];
  const reply = messageOf(stranger, { text: 'before' });
  const quoting = { reply_to_message: reply, quote: { text: 'before', position: 0, is_manual: true } };
  const forward_origin = { type: 'user', date: DATE, sender_user: user(stranger) };
  const spoken = { text: '@ostler_bot and so on', entities, ...quoting, forward_origin };
  return [
    { message: messageOf(stranger, spoken) },
    {
      message: messageOf(stranger, { ...spoken, chat: group, is_topic_message: true, message_thread_id: 3 }),
    },
    {
      message: messageOf(stranger, {
        caption: 'Look',
        photo,
        media_group_id: 'x',
        caption_entities: entities,
      }),
    },
    { message: messageOf(stranger, { sticker: { file_id: 'x' } }) },
    { edited_message: messageOf(stranger, { text: 'Not that', edit_date: DATE }) },
    { callback_query: pressOf(stranger, at) },
    { stopped_message_generation: { chat: direct(stranger), draft_id: 3 } },
  ];
}

/** No update of these, whoever sends it, is a question that would be answered. */
const MAKERS: readonly ((source: Source) => Json)[] = [
  (source) => {
    const all = wellFormed(source);
    return spoiled(all[source.at % all.length] ?? {}, Math.floor(source.at / 7));
  },
  (source) => {
    const all = wellFormed(source);
    return all[source.at % all.length] ?? {};
  },
  ({ at }) => {
    const [value] = fc.sample(fc.jsonValue({ maxDepth: 4 }), { seed: at, numRuns: 1 });
    return { [at % 2 === 0 ? 'message' : 'callback_query']: value };
  },
  ({ at, stranger }) => ({ message: messageOf(stranger, { text: ODD_TEXTS[at % ODD_TEXTS.length] }) }),
  ({ at, stranger }) => ({ message: commandOf(stranger, at) }),
  ({ at, served }) => (at % 20 === 0 ? { callback_query: pressOf(served, at / 20) } : { poll: { id: at } }),
  ({ at, stranger }) => ({
    message: { ...messageOf(stranger, { text: 'x' }), message_id: WRONG[at % WRONG.length] },
  }),
  () => ({ ...prototypes(), message: prototypes() }),
];

/** What is too big to come often. */
const RARE: readonly ((source: Source) => Json)[] = [
  ({ stranger }) => ({ message: messageOf(stranger, { text: HUGE_TEXT }) }),
  ({ stranger }) => ({ edited_message: messageOf(stranger, { text: HUGE_TEXT }) }),
  () => ({ message: nested(DEPTH), callback_query: nested(DEPTH) }),
  ({ stranger }) => {
    const entity = { type: 'mention', offset: 0, length: 1 };
    return {
      message: messageOf(stranger, { text: 'x', entities: Array.from({ length: 10_000 }, () => entity) }),
    };
  },
  ({ at, served }) => ({ message: commandOf(served, at) }),
  ({ served }) => ({ message: messageOf(served, { text: '  \n ' }) }),
  ({ served }) => ({ edited_message: messageOf(served, { text: 'Never asked', edit_date: DATE }) }),
  ({ served }) => ({ message: messageOf(served, { sticker: { file_id: HUGE_TEXT } }) }),
];
const RARELY = 250;

/** What somebody writes first who is not known. */
export function greeting(id: number, { at, stranger }: Source): Json {
  return {
    update_id: id,
    message: messageOf(stranger, { text: `Hello. ${ODD_TEXTS[at % ODD_TEXTS.length]}` }),
  };
}

/** The update with that number. */
export function hostileUpdate(id: number, source: Source): Json {
  const { at } = source;
  const isRare = at % RARELY === 0;
  const makers = isRare ? RARE : MAKERS;
  const turn = isRare ? at / RARELY : at;
  const content = makers[turn % makers.length]?.({ ...source, at: Math.floor(turn / makers.length) }) ?? {};
  // Also keys that no literal may hold stay as they are.
  return Object.assign(JSON.parse(JSON.stringify(content)), { update_id: id });
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incoming } from '../../../adapters/telegram/read-message.ts';
import { readUpdate } from '../../../adapters/telegram/read-update.ts';
import { ADA, BOB, BOT, DIRECT, FORUM, GROUP, messageOf, THE_BOT, updateOf } from './updates.ts';

type Fields = Readonly<Record<string, unknown>>;

const read = (fields: Fields) => readUpdate(updateOf(fields), BOT);
const inGroup = (fields: Fields) => read({ chat: GROUP, ...fields });

function taken(fields: Fields): Incoming {
  const reading = read(fields);
  if (reading.kind !== 'message') throw new Error(`Not taken: ${JSON.stringify(reading)}`);
  return reading.message;
}

const FROM_BOT = { message_id: 40, date: 1, chat: GROUP, from: THE_BOT, text: 'I am here.' };
const FROM_BOB = { message_id: 41, date: 1, chat: GROUP, from: BOB, text: 'The sky is green.' };
const FROM_SOMEONE = { forward_origin: { type: 'user', date: 1, sender_user: BOB } };
const PHOTO = [{ file_id: 'a picture', width: 9, height: 9 }];
const TOPIC_BEGINS = {
  message_id: 39,
  date: 1,
  chat: FORUM,
  from: THE_BOT,
  forum_topic_created: { name: 'x' },
};

it('reads a message as the house knows it', () => {
  expect(read({ text: 'Hello' })).toEqual({
    kind: 'message',
    message: {
      message: {
        id: '42',
        address: { platform: 'telegram', chat: '7' },
        person: { id: '7', name: 'Ada Byron' },
        kind: 'direct',
        text: 'Hello',
        images: [],
        sentAt: 1_700_000_000_000,
      },
      messageId: 42,
      gather: { key: 'paste:7', waitMs: 0 },
    },
  });
});

it('reads an edited message under the id of the original, and gathers nothing', () => {
  const edited_message = messageOf({ text: 'Hello again', edit_date: 1_700_000_060 });
  const reading = readUpdate({ update_id: 1, edited_message }, BOT);
  expect(reading).toMatchObject({
    kind: 'edited',
    message: { message: { id: '42', text: 'Hello again' }, editDate: 1_700_000_060 },
  });
  expect(reading).not.toHaveProperty('message.gather');
});

describe('in a group it hears', () => {
  const HEARD: readonly [string, Fields, string][] = [
    ['a mention', { text: '@ostler_bot what is a set?' }, 'what is a set?'],
    ['a mention in capitals', { text: '@OSTLER_BOT what is a set?' }, 'what is a set?'],
    ['a mention with a colon', { text: '@Ostler_bot: what is a set?' }, 'what is a set?'],
    ['a mention with a comma', { text: '@Ostler_bot, what is a set?' }, 'what is a set?'],
    ['a mention with a comma that stands alone', { text: '@Ostler_bot , what is a set?' }, 'what is a set?'],
    ['a mention in the middle', { text: 'Tell me @Ostler_bot what a set is' }, 'Tell me what a set is'],
    ['a mention between commas', { text: 'Hey @Ostler_bot, what is a set?' }, 'Hey what is a set?'],
    ['a mention at the end', { text: 'What is a set, @Ostler_bot' }, 'What is a set'],
    ['a mention before the last mark', { text: 'What is a set, @Ostler_bot?' }, 'What is a set?'],
    ['a mention at the end of a line', { text: 'Look, @Ostler_bot\n a set' }, 'Look\n a set'],
    ['a mention on a line of its own', { text: 'Look\n@Ostler_bot\n  a set' }, 'Look\n  a set'],
    ['a mention twice', { text: '@Ostler_bot hey @Ostler_bot you' }, 'hey you'],
    ['a mention after emoji', { text: '👩‍🚀🚀 @Ostler_bot how far?' }, '👩‍🚀🚀 how far?'],
    ['a mention before a smiley', { text: 'Thanks @Ostler_bot :)' }, 'Thanks :)'],
    ['a mention and nothing else', { text: '@Ostler_bot' }, ''],
    ['a mention in a caption', { caption: '@Ostler_bot what is it?', photo: [photo('p', 9)] }, 'what is it?'],
    [
      'a mention by its name, without @',
      { text: '🚀 Ostler: go', entities: [{ type: 'text_mention', offset: 3, length: 6, user: THE_BOT }] },
      '🚀 go',
    ],
    ['a reply to the bot', { text: 'Really?', reply_to_message: FROM_BOT }, 'Really?'],
    [
      'a reply to the bot that mentions others',
      { text: '@bob says no', reply_to_message: FROM_BOT },
      '@bob says no',
    ],
    ['a mention in what is passed on', { text: '@Ostler_bot hi', ...FROM_SOMEONE }, 'hi'],
    ['a mention through another bot', { text: '@Ostler_bot hi', via_bot: { id: 3, is_bot: true } }, 'hi'],
  ];
  it.each(HEARD)('%s', (_, fields, text) => {
    expect(taken({ chat: GROUP, ...fields }).message).toMatchObject({ text, kind: 'group' });
  });

  it('nothing else', () => {
    const UNHEARD: readonly Fields[] = [
      { text: 'Hello everybody' },
      { text: '@bob hello' },
      { text: '@Ostler_bot2 hello' },
      { text: 'ada@Ostler_bot.example', entities: [{ type: 'email', offset: 0, length: 22 }] },
      { text: '@Ostler_bot in code', entities: [{ type: 'code', offset: 0, length: 11 }] },
      { text: 'Ostler: go', entities: [{ type: 'text_mention', offset: 0, length: 6, user: BOB }] },
      { text: 'No!', reply_to_message: FROM_BOB },
      { text: 'In a topic that the bot made', chat: FORUM, reply_to_message: TOPIC_BEGINS },
      { photo: [photo('p', 9)] },
    ];
    for (const fields of UNHEARD) {
      expect(inGroup(fields)).toEqual({ kind: 'ignored', why: 'not meant for the bot' });
    }
  });

  it('a mention only where its entity lies within the text', () => {
    const entities = [{ type: 'mention', offset: 0, length: 4_000 }];
    expect(inGroup({ text: '@Ostler_bot', entities })).toMatchObject({ kind: 'ignored' });
  });
});

describe('in a group, what follows a question that is being gathered', () => {
  it.each<[string, Fields, string]>([
    ['is meant for the bot, if it is of the same album', { photo: PHOTO, media_group_id: '9' }, 'album:9'],
    ['is meant for the bot, if it is the rest of a long text', { text: 'and the rest' }, 'paste:7'],
  ])('%s', (_name, fields, expected) => {
    const asked: string[] = [];
    const gathers = (chat: string, key: string) => asked.push(`${chat} ${key}`) > 0;
    expect(readUpdate(updateOf({ chat: GROUP, ...fields }), BOT, gathers)).toMatchObject({ kind: 'message' });
    expect(asked).toEqual([`${GROUP.id} ${expected}`]);
    expect(inGroup(fields)).toEqual({ kind: 'ignored', why: 'not meant for the bot' });
  });
});

describe('a command', () => {
  const GIVEN: readonly [string, Fields, string, string][] = [
    ['alone', { text: '/stop' }, 'stop', ''],
    ['in capitals', { text: '/STOP' }, 'stop', ''],
    ['with its argument', { text: '/model  qwen2.5:7b ' }, 'model', 'qwen2.5:7b'],
    [
      'with an argument of several lines',
      { text: '/system Be brief.\nBe kind.' },
      'system',
      'Be brief.\nBe kind.',
    ],
    ['to the bot by name', { text: '/stop@ostler_BOT now' }, 'stop', 'now'],
    ['in a group', { text: '/stop', chat: GROUP }, 'stop', ''],
    ['in a group, by name', { text: '/stop@Ostler_bot', chat: GROUP }, 'stop', ''],
    ['under a picture', { caption: '/model a', photo: [photo('p', 9)] }, 'model', 'a'],
  ];
  it.each(GIVEN)('%s', (_, fields, name, argument) => {
    const incoming = taken(fields);
    expect(incoming.command).toEqual({ name, argument });
    expect(incoming.message.text).toBe(argument);
    expect(incoming).not.toHaveProperty('gather');
  });

  it.each([
    ['in a direct chat', DIRECT],
    ['in a group', GROUP],
  ])('for another bot is none of ours, %s', (_, chat) => {
    const why = 'a command for another bot';
    expect(read({ chat, text: '/stop@other_bot' })).toEqual({ kind: 'ignored', why });
    expect(read({ chat, text: '/stop@other_bot', reply_to_message: FROM_BOT })).toEqual({
      kind: 'ignored',
      why,
    });
  });

  const NONE: readonly [string, Fields][] = [
    ['inside the text', { text: 'Say /stop' }],
    ['that Telegram does not mark', { text: '/usr/bin/env', entities: [] }],
    ['that is passed on', { text: '/stop', ...FROM_SOMEONE }],
    ['that is passed on and another bot’s', { text: '/stop@other_bot', ...FROM_SOMEONE }],
    [
      'whose mark is forged',
      { text: 'no command', entities: [{ type: 'bot_command', offset: 0, length: 10 }] },
    ],
  ];
  it.each(NONE)('is none %s', (_, fields) => {
    expect(taken(fields)).not.toHaveProperty('command');
    expect(taken(fields).message.text).toBe(fields.text);
  });

  it('is none in a group where it is passed on', () => {
    expect(inGroup({ text: '/stop', ...FROM_SOMEONE })).toMatchObject({ kind: 'ignored' });
  });
});

describe('the thread', () => {
  const THREADS: readonly [string, Fields, string | undefined][] = [
    ['is the topic', { chat: FORUM, message_thread_id: 5, is_topic_message: true }, '5'],
    ['is the topic of a direct chat', { message_thread_id: 5, is_topic_message: true }, '5'],
    ['is 1 in General', { chat: FORUM }, '1'],
    ['is 1 in General where it is a reply', { chat: FORUM, message_thread_id: 77 }, '1'],
    ['is none in a direct chat', {}, undefined],
    ['is none in a row of replies', { chat: GROUP, message_thread_id: 77 }, undefined],
  ];
  it.each(THREADS)('%s', (_, fields, thread) => {
    expect(taken({ text: '/stop', ...fields }).message.address.thread).toBe(thread);
  });
});

describe('what is replied to', () => {
  const QUOTES: readonly [string, Fields, object | undefined][] = [
    ['is quoted', { reply_to_message: FROM_BOB }, { text: 'The sky is green.', from: 'Bob' }],
    ['is "you" where the bot wrote it', { reply_to_message: FROM_BOT }, { text: 'I am here.', from: 'you' }],
    [
      'is quoted by its caption',
      { reply_to_message: { ...FROM_BOB, text: undefined, caption: 'My cat' } },
      { text: 'My cat', from: 'Bob' },
    ],
    [
      'is quoted only as far as it was marked',
      { reply_to_message: FROM_BOB, quote: { text: 'green', position: 11, is_manual: true } },
      { text: 'green', from: 'Bob' },
    ],
    [
      'is quoted as a whole where Telegram chose the part',
      { reply_to_message: FROM_BOB, quote: { text: 'green', position: 11 } },
      { text: 'The sky is green.', from: 'Bob' },
    ],
    [
      'is quoted from a channel by its title',
      { reply_to_message: { ...FROM_BOB, sender_chat: { id: -5, type: 'channel', title: 'News' } } },
      { text: 'The sky is green.', from: 'News' },
    ],
    [
      'in another chat is quoted by its marked part',
      {
        external_reply: { origin: { type: 'hidden_user', sender_user_name: 'Eve' } },
        quote: { text: 'psst' },
      },
      { text: 'psst', from: 'Eve' },
    ],
    [
      'in another chat is "you" where the bot wrote it',
      { external_reply: { origin: { type: 'user', sender_user: THE_BOT } }, quote: { text: 'I am' } },
      { text: 'I am', from: 'you' },
    ],
    ['in another chat is nothing without a quote', { external_reply: { origin: {} } }, undefined],
    ['is nothing where it begins the topic', { chat: FORUM, reply_to_message: TOPIC_BEGINS }, undefined],
    ['is nothing where it has no words', { reply_to_message: { ...FROM_BOB, text: undefined } }, undefined],
    [
      'is nobody’s where its person is called "You"',
      { reply_to_message: { ...FROM_BOB, from: { ...BOB, first_name: ' You ' } } },
      { text: 'The sky is green.' },
    ],
  ];
  it.each(QUOTES)('%s', (_, fields, quoted) => {
    expect(taken({ text: '/ask', ...fields }).message.quoted).toEqual(quoted);
  });
});

it('a reply without a picture of its own means the picture that it replies to', () => {
  const reply_to_message = { ...FROM_BOB, text: undefined, photo: PHOTO };
  const { message } = taken({ text: 'What is on this?', reply_to_message });
  expect(message.remoteImages).toEqual([{ id: 'a picture', mediaType: 'image/jpeg' }]);
});

describe('what is passed on says whose it is', () => {
  const ORIGINS: readonly [string, unknown, string][] = [
    ['a person’s', { type: 'user', sender_user: ADA }, 'Ada Byron'],
    ['a hidden person’s', { type: 'hidden_user', sender_user_name: 'Eve' }, 'Eve'],
    ['a group’s', { type: 'chat', sender_chat: { id: -5, type: 'group', title: 'Us' } }, 'Us'],
    [
      'a channel’s',
      { type: 'channel', chat: { id: -5, type: 'channel', title: 'News' }, message_id: 1 },
      'News',
    ],
    [
      'a deleted account’s',
      { type: 'user', sender_user: { id: 5, is_bot: false, first_name: '' } },
      'somebody',
    ],
    ['one that cannot be read', 'x', 'somebody'],
  ];
  it.each(ORIGINS)('%s', (_, forward_origin, name) => {
    const { message, gather } = taken({ text: 'Look', forward_origin });
    expect(message).toMatchObject({ text: 'Look', forwardedFrom: name });
    expect(gather).toBeUndefined();
  });
});

describe('pictures', () => {
  it('come in their largest size', () => {
    const sizes = [photo('small', 90), photo('large', 1280), photo('middle', 320)];
    expect(taken({ photo: sizes, caption: 'What is it?' }).message).toMatchObject({
      text: 'What is it?',
      remoteImages: [{ id: 'large', mediaType: 'image/jpeg', sizeBytes: 1280 }],
    });
  });

  it('need no words', () => {
    const { message, gather } = taken({ photo: [photo('p', 90)] });
    expect(message).toMatchObject({ text: '', remoteImages: [{ id: 'p' }] });
    expect(gather).toBeUndefined();
  });

  it.each(['image/png', 'image/jpeg', 'image/webp', 'image/gif'])('may come as a file: %s', (mediaType) => {
    const document = { file_id: 'd', mime_type: mediaType.toUpperCase() };
    expect(taken({ document }).message.remoteImages).toEqual([{ id: 'd', mediaType }]);
  });

  it('of an album wait for each other, whatever stands beside them', () => {
    const album = { photo: [photo('p', 90)], media_group_id: '99' };
    for (const fields of [album, { ...album, caption: '/model a' }, { ...album, ...FROM_SOMEONE }]) {
      expect(taken(fields).gather).toEqual({ key: 'album:99', waitMs: 500 });
    }
  });
});

it.each([
  [3_499, 0],
  [3_500, 600],
  [3_999, 600],
  [4_000, 2_000],
])('a text of %i UTF-16 units waits %i ms for its next part', (length, waitMs) => {
  const text = '🚀'.repeat(length / 2).padEnd(length, 'x');
  expect(taken({ text }).gather).toEqual({ key: 'paste:7', waitMs });
});

it('counts what was sent, with the mention', () => {
  expect(taken({ chat: GROUP, text: `@Ostler_bot ${'x'.repeat(3_990)}` }).gather?.waitMs).toBe(2_000);
});

describe('what holds nothing to read', () => {
  const THINGS: readonly [string, Fields][] = [
    ['a sticker', { sticker: { file_id: 's', emoji: '🚀' } }],
    ['a voice message', { voice: { file_id: 'v' } }],
    ['a video', { video: { file_id: 'v' } }],
    ['an animation', { animation: { file_id: 'a' }, document: { file_id: 'a', mime_type: 'video/mp4' } }],
    ['a file', { document: { file_id: 'd', mime_type: 'application/pdf' } }],
    ['a file', { document: { file_id: 'd' } }],
    ['a place', { venue: {}, location: {} }],
    ['a poll', { poll: {} }],
    ['a throw of dice', { dice: { emoji: '🎲', value: 1 } }],
  ];
  it.each(THINGS)('is said to be %s in a direct chat', (what, fields) => {
    expect(read(fields)).toEqual({
      kind: 'unreadable',
      address: { platform: 'telegram', chat: '7' },
      person: { id: '7', name: 'Ada Byron' },
      messageId: 42,
      what,
    });
  });

  it.each(THINGS)('is ignored in a group: %s', (_, fields) => {
    expect(inGroup({ ...fields, reply_to_message: FROM_BOT })).toMatchObject({ kind: 'ignored' });
  });

  it('is ignored where it was only edited', () => {
    const edited_message = messageOf({ voice: { file_id: 'v' } });
    expect(readUpdate({ update_id: 1, edited_message }, BOT)).toMatchObject({ kind: 'ignored' });
  });

  it('is a question where words stand with it', () => {
    expect(taken({ video: { file_id: 'v' }, caption: 'What is a film?' }).message.text).toBe(
      'What is a film?',
    );
  });
});

describe('it ignores', () => {
  const IGNORED: readonly [string, unknown, string][] = [
    ['bots', updateOf({ text: 'Hi', from: { ...BOB, is_bot: true } }), 'written by a bot'],
    ['what nobody wrote', updateOf({ text: 'Hi', from: undefined }), 'written by nobody'],
    [
      'anonymous admins and channels that write in a group',
      updateOf({ text: '/stop', chat: GROUP, sender_chat: GROUP }),
      'written in the name of a chat',
    ],
    ['channels', updateOf({ text: '/stop', chat: { id: -5, type: 'channel' } }), 'written in a channel'],
    [
      'direct messages of a channel',
      updateOf({ text: '/stop', chat: { ...GROUP, is_direct_messages: true } }),
      'written in a channel',
    ],
    ['service messages', updateOf({ new_chat_title: 'x' }), 'a message without content'],
    ['messages without an id', updateOf({ text: 'Hi', message_id: 0 }), 'a message that cannot be read'],
    ['messages without a chat', { update_id: 1, message: { text: 'Hi' } }, 'a message that cannot be read'],
    ['channel posts', { update_id: 1, channel_post: messageOf({ text: 'Hi' }) }, 'another kind of update'],
    ['null', null, 'not an update'],
    ['a word', 'hello', 'not an update'],
    ['a list', [], 'not an update'],
    ['presses without data', press({ data: undefined }), 'not a button of ours'],
    [
      'presses in inline messages',
      press({ message: undefined, inline_message_id: 'i' }),
      'not a button of ours',
    ],
    ['presses of nobody', press({ from: undefined }), 'a press that cannot be read'],
    [
      'presses in channels',
      press({ message: { ...FROM_BOT, chat: { id: -5, type: 'channel' } } }),
      'pressed in a channel',
    ],
    ['stops in groups', stop({ chat: GROUP }), 'a stop that cannot be read'],
    ['stops of no draft', stop({ draft_id: undefined }), 'a stop that cannot be read'],
  ];
  it.each(IGNORED)('%s', (_, update, why) => {
    expect(readUpdate(update, BOT)).toEqual({ kind: 'ignored', why });
  });
});

describe('a press', () => {
  const PRESSED = {
    kind: 'press',
    queryId: 'q',
    data: 'stop:1',
    person: { id: '8', name: 'Bob' },
    kindOfChat: 'group',
  };

  it('says who pressed what where', () => {
    const address = { platform: 'telegram', chat: '-100' };
    expect(readUpdate(press({}), BOT)).toEqual({ ...PRESSED, address, messageId: 40 });
  });

  it('knows its topic', () => {
    const message = { ...FROM_BOT, chat: FORUM, message_thread_id: 5, is_topic_message: true };
    expect(readUpdate(press({ message }), BOT)).toMatchObject({ address: { thread: '5' } });
  });

  it('counts also where the bot can no longer see the message; its topic is not known then', () => {
    const address = { platform: 'telegram', chat: '-100' };
    const message = { chat: FORUM, message_id: 40, date: 0 };
    expect(readUpdate(press({ message }), BOT)).toEqual({ ...PRESSED, address, messageId: 40 });
  });
});

it('reads who stopped which draft', () => {
  expect(readUpdate(stop({ message_thread_id: 5 }), BOT)).toEqual({
    kind: 'draft-stopped',
    address: { platform: 'telegram', chat: '7', thread: '5' },
    person: { id: '7', name: 'Ada Byron' },
    draftId: 3,
  });
});

describe('hostile updates', () => {
  /** A message whose every field may be anything, or what it should be. */
  const field = fc.oneof(
    fc.anything({ maxDepth: 2 }),
    fc.constantFrom<unknown>(
      DIRECT,
      GROUP,
      FORUM,
      ADA,
      THE_BOT,
      FROM_BOT,
      TOPIC_BEGINS,
      '/stop@',
      '@Ostler_bot',
      0,
      -1,
    ),
  );
  const entity = fc.record({
    type: fc.constantFrom('mention', 'bot_command', 'text_mention', 'bold'),
    offset: fc.oneof(fc.constant(0), fc.nat(40), fc.integer(), fc.double()),
    length: fc.oneof(fc.constant(11), fc.nat(40), fc.integer()),
    user: fc.constant(THE_BOT),
  });
  const mostly = (usual: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: field });
  const message = fc.record(
    {
      id: mostly(fc.string()),
      message_id: mostly(fc.nat()),
      date: mostly(fc.nat()),
      chat: mostly(fc.constantFrom(DIRECT, GROUP, FORUM)),
      from: mostly(fc.constant(ADA)),
      text: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('@Ostler_bot, @Ostler_bot', ''), field),
      entities: fc.oneof(fc.array(entity), field),
      caption: field,
      photo: field,
      document: field,
      voice: field,
      quote: field,
      reply_to_message: field,
      external_reply: field,
      forward_origin: field,
      message_thread_id: field,
      is_topic_message: field,
      media_group_id: field,
      draft_id: mostly(fc.nat()),
      data: mostly(fc.string()),
      message: mostly(fc.constant(FROM_BOT)),
    },
    { requiredKeys: ['message_id', 'date', 'chat', 'from', 'text', 'id'] },
  );
  const kind = fc.constantFrom('message', 'edited_message', 'callback_query', 'stopped_message_generation');
  const update = fc.oneof(
    { weight: 1, arbitrary: fc.anything() },
    {
      weight: 9,
      arbitrary: fc.tuple(kind, message).map(([name, value]) => ({ update_id: 1, [name]: value })),
    },
  );
  const KINDS = ['message', 'edited', 'press', 'draft-stopped', 'unreadable', 'ignored'];

  it('never make it throw, and some are even understood', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(update, (given) => {
        const { kind } = readUpdate(given, BOT);
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        return KINDS.includes(kind);
      }),
      { numRuns: 10_000 },
    );
    for (const kind of KINDS) expect(seen.get(kind), kind).toBeGreaterThan(kind === 'unreadable' ? 0 : 100);
  });

  it('of very many spaces and commas do not hold it up', () => {
    const text = `${' ,'.repeat(100_000)}x${' '.repeat(200_000)}@Ostler_bot`;
    expect(taken({ chat: GROUP, text }).message.text).toBe(text.slice(0, -11).trim());
  });
});

function photo(file_id: string, size: number): Fields {
  return { file_id, file_unique_id: file_id, width: size, height: size, file_size: size };
}

function press(fields: Fields): Fields {
  const query = { id: 'q', from: BOB, chat_instance: 'c', data: 'stop:1', message: FROM_BOT };
  return { update_id: 1, callback_query: { ...query, ...fields } };
}

function stop(fields: Fields): Fields {
  return { update_id: 1, stopped_message_generation: { chat: DIRECT, draft_id: 3, ...fields } };
}

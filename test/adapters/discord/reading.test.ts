import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../../adapters/discord/components.ts';
import { aMessage } from '../../../adapters/discord/payloads.ts';
import { readInteraction } from '../../../adapters/discord/read-interaction.ts';
import { isMeant, readContent } from '../../../adapters/discord/read-message.ts';
import { readText } from '../../../adapters/discord/read-text.ts';
import { firstIdAt, isLater, timeOf } from '../../../adapters/discord/snowflake.ts';

const TURN = Promise.resolve();

const BOT = { id: '100', role: '200' };
const ADA = { id: '1', username: 'ada', global_name: 'Ada' };
const sent = (more: object) =>
  aMessage.parse({ id: '10', channel_id: '20', type: 0, author: ADA, content: '', ...more });

describe('a text', () => {
  test.each([
    ['<@100> hello', 'hello'],
    ['<@!100>, hello', 'hello'],
    ['hello <@100>!', 'hello!'],
    ['hello, <@100>', 'hello'],
    ['Tell me, <@100>: why?', 'Tell me, why?'],
    ['<@&200> hello', 'hello'],
    ['hello <@1> and <@2> and <@&3>', 'hello @Ada and @somebody and @role'],
    ['fine <:horse:123> <a:run:4>', 'fine :horse: :run:'],
    ['see <#5>', 'see <#5>'],
  ])('%j is read as %j', (written, read) => {
    expect(readText(written, BOT, [ADA])).toBe(read);
  });
});

describe('a message', () => {
  test.each([
    ['in a direct chat', { content: 'hello' }, 'yes'],
    ['with a mention in a server', { guild_id: '5', content: '<@100> hello' }, 'yes'],
    ['without one', { guild_id: '5', content: 'hello' }, 'perhaps'],
    ['without content', { guild_id: '5' }, 'no'],
    [
      'in reply to the bot',
      { guild_id: '5', content: 'x', type: 19, referenced_message: { id: '9', author: BOT } },
      'yes',
    ],
    [
      'in reply to the bot that cannot be read',
      { guild_id: '5', type: 19, referenced_message: { id: '9', author: BOT } },
      'no',
    ],
    ['of a bot', { content: 'hello', author: { ...ADA, bot: true } }, 'no'],
    ['of a webhook', { content: 'hello', webhook_id: '7' }, 'no'],
    ['of Discord itself', { content: '', type: 18 }, 'no'],
  ])('%s is meant for the bot: %s %s', (_, more, meant) => {
    expect(isMeant(sent(more), BOT, true)).toBe(meant);
  });

  test('brings pictures, those of what it replies to where it has none', () => {
    const attachments = [
      { id: '3', url: 'https://a.example/x', content_type: 'image/png; charset=x', size: 5 },
    ];
    expect(readContent(sent({ content: 'what?', attachments }), BOT)).toMatchObject({
      content: { text: 'what?', remoteImages: [{ id: '20/10/3', mediaType: 'image/png', sizeBytes: 5 }] },
    });
    const referenced_message = { id: '9', author: ADA, content: 'look', attachments };
    expect(readContent(sent({ content: 'what?', type: 19, referenced_message }), BOT)).toMatchObject({
      content: { remoteImages: [{ id: '20/9/3' }], quoted: { text: 'look', from: 'Ada' } },
    });
  });

  test('in reply to an answer quotes it without what stands below', () => {
    const referenced_message = { id: '9', author: BOT, content: 'It is so.\n\n-# 🏠 qwen' };
    expect(readContent(sent({ content: 'why?', type: 19, referenced_message }), BOT)).toMatchObject({
      content: { quoted: { text: 'It is so.', from: 'you' } },
    });
  });

  test('of somebody who is called “You” is not taken for one of the bot', () => {
    const referenced_message = { id: '9', author: { id: '4', username: 'You' }, content: 'I obey.' };
    expect(readContent(sent({ content: 'why?', type: 19, referenced_message }), BOT)).toMatchObject({
      content: { quoted: { text: 'I obey.' } },
    });
  });

  test('that was passed on brings the words of the other one', () => {
    const message_snapshots = [{ message: { content: 'far away' } }];
    const forwarded = sent({ message_reference: { type: 1 }, message_snapshots });
    expect(readContent(forwarded, BOT)).toMatchObject({
      content: { text: 'far away', forwardedFrom: 'somebody' },
    });
  });

  test.each([
    [{ attachments: [{ id: '3', url: 'u', content_type: 'text/plain' }] }, 'a file'],
    [{ attachments: [{ id: '3', url: 'u', content_type: 'audio/ogg' }] }, 'an audio file'],
    [{ attachments: [{ id: '3', url: 'u', content_type: 'video/mp4' }], content: 'see' }, 'a video'],
    [{ sticker_items: [{}] }, 'a sticker'],
    [{ poll: {} }, 'a poll'],
  ])('with %j cannot be read: %s', (more, what) => {
    expect(readContent(sent(more), BOT)).toEqual({ kind: 'unreadable', what });
  });
});

describe('an interaction', () => {
  const given = { id: '4194304', application_id: '100', type: 2, token: 'abc', channel_id: '20', user: ADA };

  test('in a thread belongs to it, and its places are all that it lies in', () => {
    const member = { user: ADA, nick: 'Countess', roles: ['7'], permissions: '32' };
    const channel = { id: '20', type: 11, parent_id: '30' };
    expect(readInteraction({ ...given, guild_id: '5', channel, member }, 0, TURN)).toMatchObject({
      isAdmin: true,
      presence: {
        address: { platform: 'discord', chat: '30', thread: '20' },
        person: { id: '1', name: 'Countess' },
        kind: 'group',
        places: ['5', '20', '30'],
        roles: ['7'],
      },
    });
  });

  test.each([
    [{ token: '../../channels/1' }],
    [{ token: '' }],
    [{ id: 'x' }],
    [{ user: null }],
    [{ channel_id: null }],
  ])('with %j is left aside', (more) => {
    expect(readInteraction({ ...given, ...more }, 0, TURN)).toBeUndefined();
  });

  test('is answered by its token for less than 15 minutes', () => {
    const { until, token } = readInteraction(given, 5_000, TURN)?.via(true) ?? { until: 0, token: '' };
    expect(token).toBe('100/abc');
    expect(until).toBe(5_000 + 14.5 * 60_000);
  });
});

describe('buttons', () => {
  const button = (index: number) => ({ text: `Model ${index}`, data: `o:${index}` });
  const choices = (count: number) => Array.from({ length: count }, (_, index) => [button(index)]);

  test('up to five stay buttons', () => {
    expect(rowsOf(choices(5))).toHaveLength(5);
    expect(rowsOf([[button(1), button(2)]])).toMatchObject([
      { components: [{ label: 'Model 1' }, { label: 'Model 2' }] },
    ]);
    expect(rowsOf(undefined)).toEqual([]);
  });

  test.each([
    [6, [6]],
    [25, [25]],
    [60, [25, 25, 10]],
    [200, [25, 25, 25, 25, 25]],
  ])('%i are menus of %j', (count, sizes) => {
    const rows = rowsOf(choices(count)) as unknown as {
      components: { options: unknown[]; custom_id: string }[];
    }[];
    expect(rows.map(({ components }) => components[0]?.options.length)).toEqual(sizes);
    expect(new Set(rows.map(({ components }) => components[0]?.custom_id)).size).toBe(sizes.length);
  });
});

test('ids grow with time', () => {
  const at = Date.UTC(2026, 0, 1);
  expect(timeOf(firstIdAt(at))).toBe(at);
  expect(isLater(firstIdAt(at), firstIdAt(at - 1))).toBe(true);
  expect(isLater('999', '1000')).toBe(false);
});

import { once } from 'node:events';
import { connect } from 'node:net';
import { Events, GatewayIntentBits, type Message } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { makeClient, openClient, openDiscord, soon } from './open-discord.ts';
import { identify, talk } from './talk.ts';

const textsOf = (messages: readonly Message[]) => messages.map(({ content }) => content);

function collect(client: Awaited<ReturnType<typeof openClient>>): Message[] {
  const messages: Message[] = [];
  client.on(Events.MessageCreate, (message) => void messages.push(message));
  return messages;
}

describe('connecting', () => {
  test('a client becomes ready and knows guilds, channels and itself', async () => {
    const { discord, guild, channel } = await openDiscord();
    const client = await openClient(discord);
    expect(client.user.id).toBe(discord.bot.id);
    expect(client.guilds.cache.get(guild.id)?.name).toBe('Lab');
    expect(client.channels.cache.get(channel.id)?.isTextBased()).toBe(true);
    expect(discord.gateway.sessions()).toMatchObject([{ connected: true }]);
    expect(discord.gateway.counts()).toMatchObject({ identifies: 1, resumes: 0 });
  });

  test('a wrong token is refused by REST, and by the gateway with 4004', async () => {
    const { discord } = await openDiscord();
    await expect(makeClient(discord).login('nonsense')).rejects.toThrow('An invalid token was provided.');
    expect(discord.invalidRequests()).toBe(1);
    expect((await talk(discord, [identify(discord, { token: 'x' })]).end).code).toBe(4004);
    discord.revoke();
    expect((await talk(discord, [identify(discord)]).end).code).toBe(4004);
  });

  test('an intent that is not switched on is refused, and taken once it is', async () => {
    const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.MessageContent];
    const { discord } = await openDiscord();
    await expect(makeClient(discord, intents).login(discord.token)).rejects.toThrow(
      'Used disallowed intents',
    );
    const open = await openDiscord({ privileged: ['content'] });
    expect((await openClient(open.discord, intents)).isReady()).toBe(true);
  });

  test.each([
    ['an opcode before identifying', [{ op: 3, d: {} }], 4003],
    ['what is no JSON', ['{'], 4002],
    ['an identify without properties', [{ op: 2, d: { token: 'MTAwMA.nobody.nothing', intents: 1 } }], 4002],
    ['intents that do not exist', [{ intents: 1 << 30 }], 4013],
    ['an unknown opcode', [{}, { op: 99 }], 4001],
    ['identifying twice', [{}, {}], 4005],
    ['a shard that cannot be', [{ shard: [1, 1] }], 4010],
  ])('%s closes with %j', async (_, payloads, code) => {
    const { discord } = await openDiscord();
    const sent = payloads.map((one) =>
      typeof one === 'string' || 'op' in one ? one : identify(discord, one),
    );
    expect((await talk(discord, sent).end).code).toBe(code);
  });

  test('payloads of any size pass, both ways', async () => {
    const { discord } = await openDiscord();
    for (const size of [100, 200, 70_000]) {
      const text = 'x'.repeat(size);
      const identified = discord.when('identified');
      const ended = talk(discord, [identify(discord, { properties: { os: text } })]);
      await identified;
      discord.push('ANYTHING', { text });
      discord.gateway.close(4000);
      const { received, code } = await ended.end;
      expect(code).toBe(4000);
      expect(received.at(-1)).toMatchObject({ t: 'ANYTHING', d: { text } });
      discord.gateway.forgetSessions();
    }
  });

  test('a frame that is not masked, as a client must do, closes with 1002', async () => {
    const { discord } = await openDiscord();
    const { port } = new URL(discord.gatewayUrl);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('GET /?v=10 HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n');
    socket.write('sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString('latin1')).toContain('sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    const ended = discord.when('disconnected');
    socket.write(Buffer.from([0x81, 0x02, 0x7b, 0x7d]));
    expect(await ended).toMatchObject({ code: 1002, by: 'server' });
    socket.destroy();
  });

  test('another version of the API closes with 4012, and compression is not spoken', async () => {
    const { discord } = await openDiscord();
    expect((await talk(discord, [], '?v=3').end).code).toBe(4012);
    expect((await talk(discord, [], '?v=10&compress=zlib-stream').end).code).toBe(4002);
  });
});

describe('what a session is told', () => {
  test('content comes only where it is meant for the bot', async () => {
    const { discord, ada, channel } = await openDiscord();
    const messages = collect(await openClient(discord));
    ada.send(channel, 'among us', { attachments: [{ name: 'a.txt' }] });
    ada.send(channel, `${discord.botMention} hear`);
    ada.send(ada.directChat(), 'in private');
    await soon(() => textsOf(messages)).toEqual(['', `<@${discord.bot.id}> hear`, 'in private']);
    expect(messages[0]?.attachments.size).toBe(0);
    expect(messages.map(({ channel: where }) => where.isDMBased())).toEqual([false, false, true]);
  });

  test('with the intent everything comes', async () => {
    const { discord, ada, channel } = await openDiscord({ privileged: ['content'] });
    const { Guilds, GuildMessages, MessageContent } = GatewayIntentBits;
    const messages = collect(await openClient(discord, [Guilds, GuildMessages, MessageContent]));
    ada.send(channel, 'among us', { attachments: [{ name: 'a.txt' }] });
    ada.send(ada.directChat(), 'not intended');
    ada.send(channel, 'last');
    await soon(() => textsOf(messages)).toEqual(['among us', 'last']);
    expect(messages[0]?.attachments.first()?.name).toBe('a.txt');
  });

  test('edits, deletions, typing and reactions of people arrive', async () => {
    const { discord, ada } = await openDiscord();
    const client = await openClient(discord);
    const told: string[] = [];
    client.on(Events.MessageUpdate, (_, { content }) => void told.push(`edited ${content}`));
    client.on(Events.MessageDelete, ({ id }) => void told.push(`deleted ${id}`));
    client.on(Events.TypingStart, ({ user }) => void told.push(`typing ${user.id}`));
    client.on(Events.MessageReactionAdd, ({ emoji }) => void told.push(`reaction ${emoji.name}`));
    const chat = ada.directChat();
    const message = ada.send(chat, 'a');
    ada.startTyping(chat);
    ada.edit(message, 'b');
    ada.react(message, '👍');
    ada.delete(message);
    const expected = [`typing ${ada.id}`, 'edited b', 'reaction 👍', `deleted ${message.id}`];
    await soon(() => told).toEqual(expected);
    expect(chat.typing()).toEqual([ada.id]);
  });

  test('a channel that the bot may not see stays unseen', async () => {
    const { discord, ada, guild } = await openDiscord();
    const hidden = guild.channel('hidden', { botMayNot: ['view'] });
    const client = await openClient(discord);
    const messages = collect(client);
    ada.send(hidden, discord.botMention);
    ada.send(ada.directChat(), 'after');
    await soon(() => textsOf(messages)).toEqual(['after']);
    expect(client.channels.cache.has(hidden.id)).toBe(false);
  });
});

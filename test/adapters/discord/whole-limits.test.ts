import { describe, expect, it } from 'vitest';
import { whole } from '../../servers/discord-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const OFF = { config: { discord: { streaming: 'off' } } };
const CREATE = { method: 'POST', route: '/channels/:channel/messages' };
const LONG = Array.from({ length: 240 }, (_, index) => `Paragraph ${index} says something of little use.`);

describe('within the limits of Discord', () => {
  it('several questions of a chat are answered without a single refusal', async () => {
    const { passUntil, discord, ada, chat } = await hurriedBot({ discord: { limits: 'real' } });
    const texts = Array.from({ length: 8 }, (_, index) => `Question number ${index}, which is not short`);
    for (const text of texts) ada.send(chat, text);
    await passUntil(() => whole(chat).length === texts.length);
    expect(discord.refusals()).toBe(0);
    expect(chat.fromBot()).toHaveLength(texts.length);
  });

  it('long answers come whole, without a single refusal', async () => {
    const { passUntil, discord, ada, channel } = await hurriedBot({
      discord: { limits: 'real' },
      ollama: { answer: () => LONG.join('\n\n') },
    });
    for (const text of ['one', 'two', 'three']) ada.send(channel, `${discord.botMention} ${text}`);
    await passUntil(() => whole(channel).length === 3);
    const words = channel
      .fromBot()
      .map(({ text }) => text)
      .join('\n');
    for (const paragraph of LONG) expect(words.split(paragraph)).toHaveLength(4);
    expect(discord.refusals()).toBe(0);
  });
});

describe('where Discord asks for a pause', () => {
  it('of one channel, the answer comes after it, once', async () => {
    const { discord, ada, chat, passUntil } = await hurriedBot(OFF);
    discord.fault({ ...CREATE, kind: { status: 429, code: 0, message: 'You are being rate limited.' } });
    ada.send(chat, 'Hello');
    await discord.until(() => discord.refusals() === 1);
    await passUntil(() => whole(chat).length === 1);
    expect(discord.requests(CREATE)).toHaveLength(2);
    expect(chat.fromBot()).toHaveLength(1);
  });

  it('of all, every answer comes after it, once, without a storm of requests', async () => {
    const texts = Array.from({ length: 12 }, (_, index) => `Question ${index}`);
    const { discord, guild, ada, passUntil } = await hurriedBot({ ...OFF, discord: { limits: 'real' } });
    const channels = texts.map((_, index) => guild.channel(`place-${index}`));
    const headers = { authorization: `Bot ${discord.token}` };
    const others = Array.from({ length: 60 }, () => fetch(`${discord.restUrl}/v10/users/@me`, { headers }));
    await Promise.all(others);
    const before = discord.refusals();
    expect(before).toBeGreaterThan(0);
    channels.forEach((channel, index) => void ada.send(channel, `${discord.botMention} ${texts[index]}`));
    await passUntil(() => channels.every((channel) => whole(channel).length === 1));
    expect(discord.refusals() - before).toBeLessThan(30);
    for (const channel of channels) expect(channel.fromBot()).toHaveLength(1);
  });
});

describe('where a connection ends', () => {
  it.each(['drop-before', 'half-answer', 'not-json', 'reset-after'] as const)(
    'in a send (%s), the answer comes once',
    async (kind) => {
      const { discord, ada, chat, passUntil, pass } = await hurriedBot(OFF);
      discord.fault({ ...CREATE, kind });
      ada.send(chat, 'Hello');
      await discord.until(() => discord.requests(CREATE).length === 1);
      await passUntil(() => discord.requests(CREATE).length === 2 && whole(chat).length === 1);
      await pass(10_000);
      expect(chat.fromBot()).toHaveLength(1);
    },
  );
});

describe('a chat to which Discord delivers nothing', () => {
  it('holds up nobody, and the log says so', async () => {
    const { discord, ostler, ada, ben, chat, answer } = await hurriedBot();
    ada.acceptDirect(false);
    ada.send(chat, 'Hello');
    await expect
      .poll(() => ostler.lines.filter(({ message }) => message === 'an answer cannot be delivered'))
      .toMatchObject([{ code: 'undeliverable' }]);
    ben.send(ben.directChat(), 'Me too');
    await answer(ben.directChat(), 'Me too');
    expect(discord.invalidRequests()).toBeLessThan(6);
    expect(JSON.stringify(ostler.lines)).not.toContain('You said');
  });
});

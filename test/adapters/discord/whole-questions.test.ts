import { describe, expect, it } from 'vitest';
import { discordBot, labelsOf, whole } from '../../servers/discord-bot.ts';

describe('a direct message', () => {
  it('is answered, and the answer says who gave it', async () => {
    const { ada, chat, answer } = await discordBot();
    ada.send(chat, 'Hello');
    const answered = await answer(chat, 'Hello');
    expect(answered.text).toMatch(/^You said: Hello\n\n-# 🏠 qwen2\.5:7b/);
    expect(answered.replyTo).toBeUndefined();
    expect(labelsOf(answered)).toEqual(['↻ Retry', '↻ Retry with…']);
  });

  it('of somebody unknown gets a pairing code', async () => {
    const { discord, said, asked } = await discordBot();
    const eve = discord.person({ name: 'Eve' });
    const chat = eve.directChat();
    eve.send(chat, 'Hello');
    await said(chat, ({ text }) => text.includes('code'));
    expect(asked()).toEqual([]);
  });
});

describe('in a channel of a server', () => {
  it('a mention is answered as a reply, without the mention', async () => {
    const { discord, ada, channel, answer, asked } = await discordBot();
    const question = ada.send(channel, `${discord.botMention}, what is new?`);
    const answered = await answer(channel, 'what is new?');
    expect(answered.replyTo).toBe(question.id);
    expect(asked()).toEqual(['Ada: what is new?']);
  });

  it('what is not meant for the bot is left alone', async () => {
    const { discord, ada, ben, channel, answer, asked } = await discordBot();
    const one = ada.send(channel, 'Hello Ben');
    ben.send(channel, 'Hello Ada', { replyTo: one });
    ada.send(channel, `${discord.botMention} and you?`);
    await answer(channel, 'and you?');
    expect(asked()).toEqual(['Ada: and you?']);
    expect(whole(channel)).toHaveLength(1);
  });
});

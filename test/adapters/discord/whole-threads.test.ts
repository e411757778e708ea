import { describe, expect, it } from 'vitest';
import type { Channel } from '../../servers/discord/channel.ts';
import type { DiscordBot } from '../../servers/discord-bot.ts';
import { discordBot, whole } from '../../servers/discord-bot.ts';

const withThreads = { config: { discord: { threads: true } } };

/** The thread at that message, once it is there. */
async function threadAt({ discord }: DiscordBot, id: string): Promise<Channel> {
  await discord.until(() => discord.channel(id) !== undefined);
  const thread = discord.channel(id);
  if (!thread) throw new Error('It was there a moment ago.');
  return thread;
}

describe('with discord.threads', () => {
  it('a question in a channel opens a thread, which is a conversation of its own', async () => {
    const bot = await discordBot(withThreads);
    const { discord, ada, channel, answer, asked } = bot;
    const question = ada.send(channel, `${discord.botMention} how are horses shod?`);
    const thread = await threadAt(bot, question.id);
    expect(thread.name()).toBe('how are horses shod?');
    await answer(thread, 'how are horses shod?');
    ada.send(thread, `${discord.botMention} and mules?`);
    await answer(thread, 'and mules?');
    expect(whole(channel)).toEqual([]);
    expect(asked()).toEqual(['Ada: how are horses shod?', 'Ada: and mules?']);
  });

  it('a follow-up needs no mention where the bot may read messages', async () => {
    const bot = await discordBot({
      discord: { privileged: ['content'] },
      config: { discord: { threads: true, message_content: true } },
    });
    const { discord, ada, channel, answer } = bot;
    const question = ada.send(channel, `${discord.botMention} one`);
    const thread = await threadAt(bot, question.id);
    await answer(thread, 'one');
    ada.send(thread, 'two');
    await answer(thread, 'two');
    ada.send(channel, 'three');
    ada.send(thread, 'four');
    await answer(thread, 'four');
    expect(whole(channel)).toEqual([]);
  });

  it('the answer comes in the channel where no thread can be opened', async () => {
    const { discord, ada, guild, answer, ostler } = await discordBot(withThreads);
    const place = guild.channel('narrow', { botMayNot: ['createThreads'] });
    const question = ada.send(place, `${discord.botMention} hello`);
    const answered = await answer(place, 'hello');
    expect(answered.replyTo).toBe(question.id);
    expect(ostler.lines.some(({ message }) => message.startsWith('a thread could not be opened'))).toBe(true);
  });

  it('a message that arrives twice has one thread and one answer', async () => {
    const bot = await discordBot(withThreads);
    const { discord, ada, channel, answer } = bot;
    const question = ada.send(channel, `${discord.botMention} hello`);
    const thread = await threadAt(bot, question.id);
    await answer(thread, 'hello');
    const { id, text: content } = question;
    const again = { id, content, channel_id: channel.id, guild_id: bot.guild.id, type: 0, author: ada.user };
    discord.push('MESSAGE_CREATE', again);
    ada.send(thread, `${discord.botMention} again`);
    await answer(thread, 'again');
    expect(whole(thread)).toHaveLength(2);
    expect(whole(channel)).toEqual([]);
  });
});

it('a thread of people is a conversation of its own', async () => {
  const { discord, ada, channel, answer, asked, ollama } = await discordBot();
  ada.send(channel, `${discord.botMention} in the channel`);
  await answer(channel, 'in the channel');
  const thread = ada.openThread(channel, 'Horses');
  ada.send(thread, `${discord.botMention} in the thread`);
  await answer(thread, 'in the thread');
  expect(asked()).toEqual(['Ada: in the channel', 'Ada: in the thread']);
  const turns = ollama.requests().filter(({ path }) => path === '/api/chat');
  const last = turns.at(-1)?.body as { readonly messages: readonly { readonly content: string }[] };
  expect(JSON.stringify(last.messages)).not.toContain('in the channel');
});

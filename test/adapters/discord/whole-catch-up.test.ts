import { describe, expect, it, vi } from 'vitest';
import { OstlerError } from '../../../src/errors.ts';
import { discordBot, whole } from '../../servers/discord-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const HISTORY = { method: 'GET', route: '/channels/:channel/messages' };

describe('what was said while the bot was away', () => {
  it('in channels where it had served somebody is answered, each message once', async () => {
    const bot = await discordBot();
    const { discord, ada, ben, guild, chat, channel, answer, asked } = bot;
    ada.send(chat, 'one');
    await answer(chat, 'one');
    ada.send(channel, `${discord.botMention} uno`);
    await answer(channel, 'uno');
    const other = guild.channel('other');
    await bot.stop();
    ada.send(chat, 'two');
    ada.send(chat, 'three');
    ben.send(channel, `${discord.botMention} dos`);
    ada.send(channel, 'not for the bot');
    ada.send(other, `${discord.botMention} where nobody was served`);
    await bot.reopen();
    await answer(chat, 'three');
    await answer(channel, 'dos');
    expect(asked().toSorted()).toEqual(['Ada: uno', 'Ben: dos', 'one', 'three', 'two']);
    await bot.reopen();
    ada.send(chat, 'four');
    await answer(chat, 'four');
    expect(asked()).toHaveLength(6);
    expect(whole(chat)).toHaveLength(4);
  });

  it('by somebody who has a role that is asked for, too', async () => {
    const bot = await discordBot();
    const { discord, ada, guild, channel, answer } = bot;
    const role = guild.role('riders', { members: [ada] });
    const access = { discord: { guilds: [guild.id], roles: [role.id] } };
    await bot.reopen({ access });
    ada.send(channel, `${discord.botMention} one`);
    await answer(channel, 'one');
    await bot.stop();
    ada.send(channel, `${discord.botMention} two`);
    await bot.reopen({ access });
    await answer(channel, 'two');
  });

  it('more than a day ago is left alone', async () => {
    const bot = await hurriedBot();
    const { ada, chat, answer, asked } = bot;
    ada.send(chat, 'one');
    await answer(chat, 'one');
    await bot.stop();
    ada.send(chat, 'old');
    bot.skip(25 * 3_600_000);
    ada.send(chat, 'new');
    await bot.reopen();
    await answer(chat, 'new');
    expect(asked()).toEqual(['one', 'new']);
  });

  it('is fetched in pages', async () => {
    const bot = await discordBot();
    const { discord, ada, channel, answer } = bot;
    ada.send(channel, `${discord.botMention} one`);
    await answer(channel, 'one');
    await bot.stop();
    for (let index = 0; index < 150; index += 1) ada.send(channel, `words ${index}`);
    ada.send(channel, `${discord.botMention} two`);
    await bot.reopen();
    await answer(channel, 'two');
    expect(discord.requests(HISTORY)).toHaveLength(2);
  });

  it('is fetched again where Discord does not answer at first, and what is said then comes after it', async () => {
    const bot = await hurriedBot();
    const { discord, ada, chat, answer, asked } = bot;
    ada.send(chat, 'one');
    await answer(chat, 'one');
    await bot.stop();
    ada.send(chat, 'two');
    discord.fault({ ...HISTORY, kind: 'not-json', times: 2 });
    await bot.reopen();
    ada.send(chat, 'three');
    await bot.passUntil(() => asked().length === 3);
    await answer(chat, 'three');
    expect(asked()).toEqual(['one', 'two', 'three']);
  });
});

describe('what cannot be kept now', () => {
  it('is taken as soon as it can be', async () => {
    const { ostler, ada, chat, answer, asked, passUntil } = await hurriedBot();
    const { receive } = ostler.front;
    let failures = 0;
    vi.spyOn(ostler.front, 'receive').mockImplementation(async (message) => {
      if (failures >= 3) return receive(message);
      failures += 1;
      return { kind: 'refused', failure: { code: 'storage', message: 'The disk is full.' } };
    });
    ada.send(chat, 'Hello');
    ada.send(chat, 'and more');
    await passUntil(() => asked().length === 2);
    await answer(chat, 'and more');
    expect(asked()).toEqual(['Hello', 'and more']);
    expect(ostler.lines.filter(({ message }) => message.includes('cannot be taken now'))).toHaveLength(1);
  });

  it('and is not taken before the end is caught up with by the next start', async () => {
    const bot = await hurriedBot();
    const { ada, chat, answer, asked } = bot;
    ada.send(chat, 'one');
    await answer(chat, 'one');
    const receive = vi.spyOn(bot.ostler.front, 'receive').mockImplementation(async () => {
      throw new OstlerError('The disk is full.', { code: 'storage', retryable: true });
    });
    ada.send(chat, 'two');
    await expect.poll(() => receive.mock.calls.length).toBeGreaterThan(0);
    await bot.reopen();
    await answer(chat, 'two');
    expect(asked()).toEqual(['one', 'two']);
  });
});

import { describe, expect, it } from 'vitest';
import { discordBot, whole } from '../../servers/discord-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const GUILDS = 1;
const GUILD_MESSAGES = 512;
const DIRECT_MESSAGES = 4_096;
const MESSAGE_CONTENT = 32_768;
const GUILD_TYPING = 2_048;
const DIRECT_TYPING = 16_384;
const PLAIN = GUILDS | GUILD_MESSAGES | DIRECT_MESSAGES | GUILD_TYPING | DIRECT_TYPING;
const logged = ({ lines }: { readonly lines: readonly { readonly message: string }[] }, words: string) =>
  lines.filter(({ message }) => message.includes(words));

describe('what it asks of the gateway', () => {
  it('is no privileged intent', async () => {
    const { discord } = await discordBot();
    expect(discord.gateway.sessions()).toMatchObject([{ intents: PLAIN }]);
  });

  it('is the content of messages where the configuration says so', async () => {
    const { discord } = await discordBot({
      discord: { privileged: ['content'] },
      config: { discord: { message_content: true } },
    });
    expect(discord.gateway.sessions()).toMatchObject([{ intents: PLAIN | MESSAGE_CONTENT }]);
  });
});

describe('a connection', () => {
  it('that is lost is resumed, and what was said meanwhile is answered once', async () => {
    const { discord, ada, chat, answer, connected } = await discordBot();
    ada.send(chat, 'one');
    await answer(chat, 'one');
    discord.gateway.cut();
    ada.send(chat, 'two');
    await answer(chat, 'two');
    await connected();
    ada.send(chat, 'three');
    await answer(chat, 'three');
    expect(discord.gateway.counts()).toMatchObject({ identifies: 1, resumes: 1 });
    expect(whole(chat)).toHaveLength(3);
  });

  it('whose heartbeats get no answer is taken for dead, and resumed', async () => {
    const { discord, ada, chat, answer } = await discordBot({ discord: { heartbeatMs: 150 } });
    await discord.until(() => discord.gateway.counts().heartbeats > 0);
    discord.gateway.acknowledge(false);
    await discord.when('disconnected');
    discord.gateway.acknowledge(true);
    await discord.until(() => discord.gateway.counts().resumes > 0);
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    expect(discord.gateway.counts().identifies).toBe(1);
  });

  it('whose session is over begins a new one, and what was said meanwhile is fetched and answered once', async () => {
    const { discord, ada, chat, channel, answer, passUntil, ostler } = await hurriedBot();
    ada.send(chat, 'one');
    await answer(chat, 'one');
    ada.send(channel, `${discord.botMention} uno`);
    await answer(channel, 'uno');
    const comesAgain = discord.when('connected');
    discord.gateway.invalidate(false);
    ada.send(chat, 'two');
    ada.send(channel, `${discord.botMention} dos`);
    ada.send(channel, 'not for the bot');
    await comesAgain;
    await passUntil(() => discord.gateway.counts().identifies === 2);
    await answer(chat, 'two');
    await answer(channel, 'dos');
    ada.send(chat, 'three');
    await answer(chat, 'three');
    expect(whole(chat)).toHaveLength(3);
    expect(whole(channel)).toHaveLength(2);
    expect(ostler.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('that cannot be made at the start is made later, and the log says so once', async () => {
    const bot = await hurriedBot({ connects: false });
    await bot.connected();
    await bot.stop();
    await bot.discord.goAway();
    const ostler = await bot.reopen();
    await bot.pass(30_000);
    await bot.discord.comeBack();
    const connected = bot.discord.when('connected');
    await bot.pass(61_000);
    await connected;
    await bot.passUntil(() => bot.discord.gateway.counts().identifies === 2);
    expect(logged(ostler, 'Discord is not connected')).toHaveLength(1);
    bot.ada.send(bot.chat, 'Hello');
    await bot.answer(bot.chat, 'Hello');
  });

  it('that the bot ends is closed in order', async () => {
    const { discord, stop } = await discordBot();
    const ended = discord.when('disconnected');
    await stop();
    expect(await ended).toMatchObject({ code: 1_000, by: 'client' });
    expect(discord.gateway.connections()).toBe(0);
  });
});

describe('a bot that Discord does not take', () => {
  it('because of its token says so once, and answers elsewhere', async () => {
    const { discord, ostler } = await discordBot({
      connects: false,
      config: { discord: { token: 'a.b.c' } },
    });
    await expect.poll(() => logged(ostler, 'does not take this bot')).toHaveLength(1);
    expect(logged(ostler, 'does not take this bot')).toMatchObject([
      { level: 'error', hint: expect.stringContaining('discord.token') },
    ]);
    expect(await ostler.ask('Hello')).toMatchObject({ kind: 'answer' });
    expect(discord.requests()).toHaveLength(1);
    expect(JSON.stringify(ostler.lines)).not.toContain('a.b.c');
  });

  it('because of its intents says what to do', async () => {
    const { discord, ostler } = await discordBot({
      connects: false,
      config: { discord: { message_content: true } },
    });
    await expect.poll(() => logged(ostler, 'does not take this bot')).toHaveLength(1);
    expect(logged(ostler, 'does not take this bot')).toMatchObject([
      { level: 'error', hint: expect.stringContaining('discord.message_content') },
    ]);
    expect(discord.gateway.connections()).toBe(0);
    expect(await ostler.ask('Hello')).toMatchObject({ kind: 'answer' });
  });

  it('any more, because its token was changed, says so once', async () => {
    const { discord, ostler, ada, chat, answer } = await discordBot();
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    discord.revoke();
    discord.gateway.cut();
    await expect.poll(() => logged(ostler, 'does not take this bot'), { timeout: 5_000 }).toHaveLength(1);
    expect(await ostler.ask('Hello')).toMatchObject({ kind: 'answer' });
    expect(JSON.stringify(ostler.lines)).not.toContain(discord.token);
  });
});

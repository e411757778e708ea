import { describe, expect, it } from 'vitest';
import { inspectDiscord } from '../../../adapters/discord/inspect.ts';
import type { GatewayControls } from '../../servers/discord/gateway.ts';
import { discordBot, whole } from '../../servers/discord-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

type Trouble = readonly [what: string, make: (gateway: GatewayControls) => void];

const RESUMABLE: readonly Trouble[] = [
  ['is cut in the middle of a frame', (gateway) => gateway.cutInFrame()],
  ['is told to come again', (gateway) => gateway.reconnect()],
  ['is closed with 4000', (gateway) => gateway.close(4_000)],
  ['is closed with 4009', (gateway) => gateway.close(4_009)],
];
const ENDING: readonly Trouble[] = [
  [
    'is forgotten while it is away',
    (gateway) => {
      gateway.forgetSessions();
      gateway.cut();
    },
  ],
  ['is closed with 4007', (gateway) => gateway.close(4_007)],
  ['is closed with 1000', (gateway) => gateway.close(1_000)],
];

describe('a session that', () => {
  it.each(RESUMABLE)('%s is resumed, and nothing is lost or doubled', async (_, make) => {
    const { discord, ada, chat, answer } = await discordBot();
    ada.send(chat, 'one');
    await answer(chat, 'one');
    make(discord.gateway);
    ada.send(chat, 'two');
    await answer(chat, 'two');
    ada.send(chat, 'three');
    await answer(chat, 'three');
    expect(discord.gateway.counts().identifies).toBe(1);
    expect(whole(chat)).toHaveLength(3);
  });

  it.each(ENDING)('%s is followed by another, and nothing is lost or doubled', async (_, make) => {
    const { discord, ada, chat, answer, passUntil } = await hurriedBot();
    ada.send(chat, 'one');
    await answer(chat, 'one');
    const identified = discord.when('identified');
    const again = discord.when('connected');
    make(discord.gateway);
    ada.send(chat, 'two');
    await again;
    let isBack = false;
    void identified.then(() => {
      isBack = true;
    });
    await passUntil(() => isBack || discord.gateway.counts().identifies === 2);
    await answer(chat, 'two');
    ada.send(chat, 'three');
    await answer(chat, 'three');
    expect(whole(chat)).toHaveLength(3);
  });
});

it('a gateway that goes away for long is found again, and what was said meanwhile is answered', async () => {
  const { discord, ostler, ada, chat, answer, passUntil } = await hurriedBot();
  ada.send(chat, 'one');
  await answer(chat, 'one');
  await discord.gateway.goAway();
  ada.send(chat, 'two');
  const isTold = () => ostler.lines.some(({ message }) => message.includes('connecting again'));
  await expect.poll(isTold).toBe(true);
  await discord.gateway.comeBack();
  await passUntil(() => discord.gateway.counts().identifies + discord.gateway.counts().resumes === 2);
  await answer(chat, 'two');
  expect(whole(chat)).toHaveLength(2);
  expect(ostler.lines.filter(({ message }) => message.includes('connecting again'))).toHaveLength(1);
});

describe('a bot that ends', () => {
  it('while Discord is away connects no more', async () => {
    const bot = await discordBot();
    const { discord } = bot;
    await discord.gateway.goAway();
    await bot.stop();
    await discord.gateway.comeBack();
    await bot.reopen();
    await bot.connected();
    expect(discord.gateway.connections()).toBe(1);
    expect(discord.gateway.counts().identifies).toBe(2);
  });

  it('as soon as it began connects no more', async () => {
    const bot = await discordBot();
    const { discord } = bot;
    let connections = 0;
    discord.on(({ type }) => {
      if (type === 'connected') connections += 1;
    });
    await bot.stop();
    await bot.reopen();
    // The library waits for half a second before it connects again, this one too.
    discord.gateway.cut();
    await discord.when('resumed');
    expect(connections).toBe(2);
  });

  it('in the middle of an answer leaves it to the next start, which edits it', async () => {
    const bot = await hurriedBot();
    const { discord, ada, channel, ollama, said, passUntil } = bot;
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(channel, `${discord.botMention} A question that is long enough to be seen growing`);
    await generation.reached;
    const growing = await said(channel, ({ text }) => text.startsWith('You said'));
    await bot.reopen();
    await passUntil(() => whole(channel).length === 1);
    expect(channel.fromBot()).toMatchObject([{ id: growing.id }]);
  });
});

describe('a configuration that changes while it runs', () => {
  it('opens threads from then on, and lets answers come whole', async () => {
    const { discord, ostler, ada, channel, answer, ollama } = await discordBot();
    ada.send(channel, `${discord.botMention} one`);
    await answer(channel, 'one');
    const { config } = ostler;
    ostler.reload({ ...config, discord: { ...config.discord, threads: true, streaming: 'off' } });
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    const question = ada.send(channel, `${discord.botMention} A question that is long enough to be seen`);
    await generation.reached;
    const thread = discord.channel(question.id);
    expect(thread?.fromBot().filter(({ text }) => text.startsWith('You said'))).toEqual([]);
    generation.release();
    if (thread) await answer(thread, 'A question that is long enough to be seen');
    expect(whole(channel)).toHaveLength(1);
  });
});

describe('what check asks', () => {
  it('is who the bot is, and what it may read', async () => {
    const { discord } = await discordBot({ connects: false, discord: { privileged: ['content'] } });
    expect(await inspectDiscord(discord.token, discord.restUrl)).toEqual({
      username: discord.bot.username,
      id: discord.bot.id,
      guilds: 1,
      readsContent: true,
    });
  });

  it('says what is wrong', async () => {
    const { discord } = await discordBot({ connects: false });
    await expect(inspectDiscord('a.b.c', discord.restUrl)).rejects.toMatchObject({ code: 'bad_config' });
    await discord.goAway();
    await expect(inspectDiscord(discord.token, discord.restUrl)).rejects.toMatchObject({
      code: 'unreachable',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { whole, withCommands } from '../../servers/discord-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const QUESTION = 'A question that is long enough to be seen growing';
const CREATE = { method: 'POST', route: '/channels/:channel/messages' };
const HISTORY = { method: 'GET', route: '/channels/:channel/messages' };
const CALLBACK = { method: 'POST', route: '/interactions/:interaction/:token/callback' };
const DIRECT_CHATS = { method: 'POST', route: '/users/@me/channels' };
const BROKEN = { status: 500, code: 0, message: 'Internal Server Error' };
const FOR_EVER = 1_000;

async function commandedBot() {
  const bot = await hurriedBot();
  await withCommands(bot);
  return bot;
}

describe('a message that arrived unnoticed', () => {
  it('becomes the answer, though it was sent with the first words', async () => {
    const { discord, ollama, ada, chat, passUntil, pass } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    discord.fault({ ...CREATE, kind: 'drop-after', times: 2 });
    ada.send(chat, QUESTION);
    await generation.reached;
    await discord.until(() => chat.fromBot().length === 1);
    await pass(5_000);
    generation.release();
    await passUntil(() => whole(chat).length === 1);
    expect(chat.fromBot()).toHaveLength(1);
  });

  it('does not stay as a card below the answer', async () => {
    const { pass, passUntil, discord, ollama, ada, chat } = await hurriedBot();
    const load = ollama.hold({ at: 'load' });
    discord.fault({ ...CREATE, kind: 'drop-after' });
    ada.send(chat, 'Hello');
    await load.reached;
    await passUntil(() => chat.fromBot().length === 1);
    await pass(10_000);
    load.release();
    await passUntil(() => whole(chat).length === 1);
    expect(chat.fromBot()).toHaveLength(1);
  });
});

describe('an interaction', () => {
  it('whose acknowledgement nobody confirms is answered all the same', async () => {
    const { discord, ada, channel, passUntil } = await commandedBot();
    discord.fault({ ...CALLBACK, kind: 'drop-after', times: 2 });
    const given = ada.slash(channel, 'ask', { question: 'Hello' });
    expect(await given.acknowledged).toBe(5);
    await passUntil(() => whole(channel).length === 1);
    expect(channel.fromBot()).toHaveLength(1);
  });

  it('that never reached Discord again is answered in the channel', async () => {
    const { discord, ada, channel, passUntil } = await commandedBot();
    discord.fault({ ...CALLBACK, kind: 'drop-before', times: 2 });
    ada.slash(channel, 'ask', { question: 'Hello' });
    await passUntil(() => whole(channel).length === 1);
    expect(channel.fromBot()).toHaveLength(1);
  });

  it('in private that never reached Discord again is answered to its person alone', async () => {
    const { discord, ada, ben, chat, channel, passUntil } = await commandedBot();
    discord.fault({ ...CALLBACK, kind: 'drop-before', times: 2 });
    ada.slash(channel, 'ask', { question: 'Hello', private: true });
    await passUntil(() => whole(chat).length === 1);
    expect(ben.sees(channel)).toEqual([]);
  });

  it('in private for which no direct chat can be had is told so, and holds up nobody', async () => {
    const { discord, ada, ben, channel, passUntil } = await commandedBot();
    discord.fault({ ...DIRECT_CHATS, kind: BROKEN, times: FOR_EVER });
    const given = ada.slash(channel, 'ask', { question: 'Hello', private: true });
    await given.acknowledged;
    ben.send(channel, `${discord.botMention} two`);
    await passUntil(() => whole(channel).length === 1);
    await expect
      .poll(() => given.messages().map(({ text }) => text))
      .toEqual([expect.stringContaining('cannot answer you privately now')]);
  });

  it('that names a model as long as Discord takes is answered by another, which says so', async () => {
    const { ada, channel, answer } = await commandedBot();
    ada.slash(channel, 'ask', { question: 'Hello', model: '<*_'.repeat(2_000) });
    const { text } = await answer(channel, 'Hello');
    expect(text).toContain('…');
    expect(channel.fromBot()).toHaveLength(1);
  });

  it('opens no window of somebody else', async () => {
    const { ada, ben, channel, said, asked } = await commandedBot();
    const opened = ada.messageCommand(ben.send(channel, 'The sky is green'), 'Ask Ostler about this');
    await opened.acknowledged;
    const own = ben.messageCommand(ben.send(channel, 'Something else'), 'Ask Ostler about this');
    await own.acknowledged;
    Object.assign(own.window() ?? {}, { customId: opened.window()?.customId });
    ben.submit(own, { question: 'What is that?' });
    await said(channel, ({ text }) => text.includes('no longer know that message'));
    expect(asked()).toEqual([]);
  });
});

describe('catching up', () => {
  it('in a channel that Discord does not give holds up no other', async () => {
    const bot = await hurriedBot();
    const { discord, ada, guild, answer, passUntil } = bot;
    const channels = Array.from({ length: 5 }, (_, index) => guild.channel(`place-${index}`));
    for (const channel of channels) {
      ada.send(channel, `${discord.botMention} one`);
      await answer(channel, 'one');
    }
    await bot.stop();
    const [first] = channels;
    const last = channels[4];
    discord.fault({ ...HISTORY, channel: last?.id ?? '', kind: BROKEN, times: FOR_EVER });
    await bot.reopen();
    if (first) ada.send(first, `${discord.botMention} two`);
    await passUntil(() => first !== undefined && whole(first).length === 2);
  });

  it('reaches what was written behind the talk of others, up to a limit that the log names', async () => {
    const bot = await hurriedBot();
    const { discord, ada, guild, channel, answer, passUntil } = bot;
    const busier = guild.channel('busier');
    for (const place of [channel, busier]) {
      ada.send(place, `${discord.botMention} one`);
      await answer(place, 'one');
    }
    await bot.stop();
    for (let index = 0; index < 350; index += 1) ada.send(channel, `words ${index}`);
    for (let index = 0; index < 1_000; index += 1) ada.send(busier, `words ${index}`);
    for (const place of [channel, busier]) ada.send(place, `${discord.botMention} two`);
    const { lines } = await bot.reopen();
    const isTold = () => lines.some(({ message }) => message.startsWith('more was written on Discord'));
    await passUntil(() => whole(channel).length === 2 && isTold());
    expect(whole(busier)).toHaveLength(1);
  });

  it('is tried again where what answers is not Discord', async () => {
    const bot = await hurriedBot();
    const { discord, ada, chat, answer, passUntil } = bot;
    ada.send(chat, 'one');
    await answer(chat, 'one');
    await bot.stop();
    ada.send(chat, 'two');
    discord.fault({ ...HISTORY, kind: { status: 200, code: 0, message: 'Please log in to this network.' } });
    await bot.reopen();
    await passUntil(() => whole(chat).length === 2);
  });
});

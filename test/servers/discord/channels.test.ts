import { Events, Routes } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { openClient, openDiscord, refusal, soon } from './open-discord.ts';

describe('typing', () => {
  test('is seen for ten seconds, or until the bot writes', async () => {
    let nowMs = 0;
    const { rest, ada } = await openDiscord({ now: () => nowMs });
    const chat = ada.directChat();
    const type = () => rest.post(Routes.channelTyping(chat.id));
    await type();
    nowMs = 9_999;
    expect(chat.botTypes()).toBe(true);
    nowMs = 10_000;
    expect(chat.botTypes()).toBe(false);
    await type();
    await rest.post(Routes.channelMessages(chat.id), { body: { content: 'x' } });
    expect(chat.botTypes()).toBe(false);
    expect(chat.history().map((entry) => entry.type)).toEqual(['typing', 'typing', 'sent']);
  });
});

describe('threads', () => {
  test('begin at a message or at none, and people write in them', async () => {
    const { discord, rest, ada, channel } = await openDiscord();
    const client = await openClient(discord);
    const question = ada.send(channel, `${discord.botMention} hello`);
    const target = await client.channels.fetch(channel.id);
    if (!target?.isTextBased() || !('threads' in target)) throw new Error('no text channel');
    const made = await target.messages
      .fetch(question.id)
      .then((one) => one.startThread({ name: 'A thread' }));
    expect(made.id).toBe(question.id);
    expect(channel.message(question.id)?.thread).toBe(made.id);
    const thread = discord.channel(made.id);
    if (!thread) throw new Error('no thread');
    const heard = new Promise<string>((resolve) => {
      client.on(Events.MessageCreate, ({ author, content }) => author.id === ada.id && resolve(content));
    });
    ada.send(thread, `${discord.botMention} here`);
    expect(await heard).toBe(`${discord.botMention} here`);
    await made.send('answer');
    expect(thread.messages().map(({ type, text }) => [type, text])).toEqual([
      [21, ''],
      [0, `${discord.botMention} here`],
      [0, 'answer'],
    ]);
    const again = rest.post(Routes.threads(channel.id, question.id), { body: { name: 'B' } });
    expect(await refusal(again)).toMatchObject({ status: 400, code: 160_004 });
  });

  test('a person opens one, and it is known', async () => {
    const { discord, ada, channel } = await openDiscord();
    const client = await openClient(discord);
    const created = new Promise<string>((resolve) =>
      client.on(Events.ThreadCreate, ({ name }) => resolve(name)),
    );
    const thread = ada.openThread(channel, 'Aside');
    expect(await created).toBe('Aside');
    expect(thread).toMatchObject({ kind: 'thread' });
    expect(channel.messages()).toMatchObject([{ type: 18, text: 'Aside' }]);
  });

  test('what is archived wakes when somebody writes, unless it is locked', async () => {
    const { rest, ada, channel } = await openDiscord();
    const made = await rest.post(Routes.threads(channel.id), { body: { name: 'T', type: 11 } });
    const { id } = made as { id: string };
    const change = (body: object) => rest.patch(Routes.channel(id), { body });
    const send = () => rest.post(Routes.channelMessages(id), { body: { content: 'x' } });
    await change({ archived: true });
    await send();
    expect(await rest.get(Routes.channel(id))).toMatchObject({ thread_metadata: { archived: false } });
    await change({ archived: true, locked: true });
    expect(await refusal(send())).toMatchObject({ status: 400, code: 50_083 });
    const direct = rest.post(Routes.threads(ada.directChat().id), { body: { name: 'T' } });
    expect(await refusal(direct)).toMatchObject({ code: 50_003 });
    const nameless = rest.post(Routes.threads(channel.id), { body: { name: '' } });
    expect(await refusal(nameless)).toMatchObject({ code: 50_035 });
  });
});

describe('reactions', () => {
  test('of the bot are set and taken back', async () => {
    const { rest, ada, channel, discord } = await openDiscord();
    const { id } = ada.send(channel, 'x');
    const own = Routes.channelMessageOwnReaction(channel.id, id, encodeURIComponent('👀'));
    await rest.put(own);
    await rest.put(own);
    expect(channel.message(id)?.reactions).toEqual([{ emoji: '👀', by: [discord.bot.id] }]);
    await rest.delete(own);
    expect(channel.message(id)?.reactions).toEqual([]);
    const wrong = Routes.channelMessageOwnReaction(channel.id, id, 'nonsense');
    expect(await refusal(rest.put(wrong))).toMatchObject({ status: 400, code: 10_014 });
  });
});

describe('guilds', () => {
  test('come, change and go while a client is there', async () => {
    const { discord, ada, ben } = await openDiscord();
    const client = await openClient(discord);
    const told: string[] = [];
    client.on(Events.GuildCreate, ({ name }) => void told.push(`guild ${name}`));
    client.on(Events.ChannelCreate, ({ name }) => void told.push(`channel ${name}`));
    client.on(Events.ChannelDelete, (channel) => void told.push(`gone ${channel.id}`));
    client.on(Events.GuildDelete, ({ name }) => void told.push(`left ${name}`));
    const guild = discord.guild({ name: 'New', members: [ada], withBot: false });
    guild.addBot();
    const channel = guild.channel('talk');
    guild.deleteChannel(channel);
    guild.kickBot();
    await soon(() => told).toEqual(['guild New', 'channel talk', `gone ${channel.id}`, 'left New']);
    expect(() => ben.send(channel, 'x')).toThrow();
  });

  test('a person sees and writes only where they may', async () => {
    const { ada, ben, guild } = await openDiscord();
    const hidden = guild.channel('hidden', { hiddenFrom: [ben] });
    ada.send(hidden, 'x');
    expect(() => ben.send(hidden, 'x')).toThrow('does not see hidden');
    const carla = guild.channel('general');
    guild.leaves(ben);
    expect(() => ben.send(carla, 'x')).toThrow('does not see general');
    guild.joins(ben);
    expect(ben.send(carla, 'x').text).toBe('x');
  });
});

import { Events, type Message, MessageFlags } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { openCommands } from './open-commands.ts';
import { refusal, soon } from './open-discord.ts';

describe('slash commands', () => {
  test('a reply is seen by everybody, an ephemeral one by its person alone', async () => {
    const { ada, ben, channel, next } = await openCommands();
    const asked = ada.slash(channel, 'ask', { text: 'why?' });
    expect(asked.state()).toBe('waiting');
    const interaction = await next();
    if (!interaction.isChatInputCommand()) throw new Error('no command');
    expect(interaction.options.getString('text')).toBe('why?');
    const response = await interaction.reply({ content: 'Because.', withResponse: true });
    expect(response.resource?.message?.content).toBe('Because.');
    expect(asked.state()).toBe('answered');
    expect(asked.reply()).toMatchObject({
      type: 20,
      text: 'Because.',
      origin: { name: 'ask', person: ada.id },
    });
    const followUp = await interaction.followUp({ content: 'For you', flags: MessageFlags.Ephemeral });
    expect(channel.messages().map(({ text }) => text)).toEqual(['Because.']);
    expect(ben.sees(channel)).toHaveLength(1);
    expect(ada.sees(channel)).toMatchObject([{ text: 'Because.' }, { text: 'For you', visibleTo: ada.id }]);
    await interaction.editReply({ content: 'Changed', message: followUp });
    await interaction.deleteReply();
    expect(asked.messages()).toMatchObject([{ text: 'Changed' }]);
  });

  test('an ephemeral message comes to the bot as if from a direct chat', async () => {
    const { ada, channel, next, client } = await openCommands();
    const heard: Message[] = [];
    client.on(Events.MessageCreate, (message) => void heard.push(message));
    ada.slash(channel, 'ask', { text: 'x' });
    await (await next()).reply({ content: 'secret', flags: MessageFlags.Ephemeral });
    await soon(() => heard.map(({ content }) => content)).toEqual(['secret']);
    expect(heard[0]?.flags.has(MessageFlags.Ephemeral)).toBe(true);
  });

  test('an ephemeral message cannot be reached but by its token', async () => {
    const { ada, channel, next, rest } = await openCommands();
    ada.slash(channel, 'ask', { text: 'x' });
    const interaction = await next();
    await interaction.reply({ content: 'secret', flags: MessageFlags.Ephemeral });
    const id = ada.sees(channel)[0]?.id ?? '';
    expect(await refusal(rest.get(`/channels/${channel.id}/messages/${id}`))).toMatchObject({ code: 10_008 });
    expect((await interaction.fetchReply()).content).toBe('secret');
  });

  test('a deferred answer is thinking until it is written, which counts as no edit', async () => {
    const { discord, ada, channel, next } = await openCommands();
    const asked = ada.slash(channel, 'ask', { text: 'x' });
    const interaction = await next();
    await interaction.deferReply();
    expect(await asked.acknowledged).toBe(5);
    expect(asked.state()).toBe('thinking');
    expect(asked.reply()).toMatchObject({ loading: true, text: '' });
    await interaction.editReply('done');
    expect(asked.state()).toBe('answered');
    expect(channel.messages()).toMatchObject([{ text: 'done', loading: false, editedTimes: 0 }]);
    await interaction.editReply('done again');
    expect(channel.messages()).toMatchObject([{ text: 'done again', editedTimes: 1 }]);
    expect(discord.pings()).toEqual([]);
  });

  test('the first follow-up after a deferral takes its place', async () => {
    const { ada, channel, next } = await openCommands();
    ada.slash(channel, 'ask', { text: 'x' });
    const interaction = await next();
    await interaction.deferReply();
    await interaction.followUp('in its place');
    await interaction.followUp('beside it');
    expect(channel.messages()).toMatchObject([{ text: 'in its place' }, { text: 'beside it', type: 19 }]);
  });

  test('three seconds without an answer are too many', async () => {
    let nowMs = 0;
    const { ada, channel, next } = await openCommands(() => nowMs);
    const asked = ada.slash(channel, 'ask', { text: 'x' });
    const interaction = await next();
    nowMs = 3_001;
    expect(asked.state()).toBe('failed');
    expect(await refusal(interaction.reply('late'))).toMatchObject({ status: 404, code: 10_062 });
    expect(channel.messages()).toEqual([]);
  });

  test('fifteen minutes later the token opens nothing', async () => {
    let nowMs = 0;
    const { ada, channel, next } = await openCommands(() => nowMs);
    const asked = ada.slash(channel, 'ask', { text: 'x' });
    const interaction = await next();
    await interaction.deferReply();
    nowMs = 15 * 60_000;
    await interaction.editReply('just in time');
    nowMs += 1;
    expect(await refusal(interaction.editReply('late'))).toMatchObject({ status: 401, code: 50_027 });
    expect(asked.reply()?.text).toBe('just in time');
  });

  test('a second answer, and a follow-up before the first, are refused', async () => {
    const { discord, ada, channel, next } = await openCommands();
    ada.slash(channel, 'ask', { text: 'x' });
    const interaction = await next();
    expect(await refusal(interaction.webhook.send('early'))).toMatchObject({ status: 404, code: 10_015 });
    await interaction.reply('one');
    const again = discord.requests({ route: '/interactions/:interaction/:token/callback' })[0]?.path ?? '';
    const answer = await fetch(`${discord.restUrl}/v10${again}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 4, data: { content: 'two' } }),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 40_060 });
    expect(channel.messages()).toHaveLength(1);
  });

  test('they work in direct chats, too', async () => {
    const { ada, next } = await openCommands();
    const asked = ada.slash(ada.directChat(), 'ask', { text: 'x' });
    const interaction = await next();
    expect(interaction).toMatchObject({ guildId: null, context: 1 });
    await interaction.reply('here');
    expect(asked.reply()?.text).toBe('here');
  });

  test('what people could not write throws', async () => {
    const { ada, channel } = await openCommands();
    expect(() => ada.slash(channel, 'nothing')).toThrow('no command nothing');
    expect(() => ada.slash(channel, 'ask')).toThrow('text is required');
    expect(() => ada.slash(channel, 'ask', { text: 'x', other: 1 })).toThrow('no option other');
  });
});

import { ButtonStyle, ComponentType, DiscordAPIError, Events, MessageFlags } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { COMMANDS, openCommands } from './open-commands.ts';
import { callPlainly, openClient, openDiscord, soon } from './open-discord.ts';

describe('what else people ask', () => {
  test('autocomplete gets choices, of which there are at most 25', async () => {
    const { discord, client, ada, channel } = await openDiscord().then(async (opened) => {
      const client = await openClient(opened.discord);
      await client.application.commands.set(COMMANDS);
      return { ...opened, client };
    });
    const refused: unknown[] = [];
    client.on(Events.InteractionCreate, async (interaction) => {
      if (!interaction.isAutocomplete()) return;
      const typed = interaction.options.getFocused();
      const many = Array.from({ length: 26 }, (_, place) => ({ name: `${place}`, value: `${place}` }));
      await interaction.respond(many).catch((error: unknown) => refused.push(error));
      await interaction.respond([{ name: `${typed}en`, value: 'qwen' }]);
    });
    expect(await ada.autocomplete(channel, 'model', { name: 'qw' })).toEqual([
      { name: 'qwen', value: 'qwen' },
    ]);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toBeInstanceOf(DiscordAPIError);
    await soon(() => discord.requests({ method: 'POST' }).map(({ status }) => status)).toEqual([400, 204]);
  });

  test('the menu of a message brings the message, with its content', async () => {
    const { ada, ben, channel, next } = await openCommands();
    const message = ben.send(channel, 'not meant for bots');
    const asked = ada.messageCommand(message, 'Ask Ostler about this');
    const interaction = await next();
    if (!interaction.isMessageContextMenuCommand()) throw new Error('no menu');
    expect(interaction.targetMessage.content).toBe('not meant for bots');
    await interaction.reply('an answer');
    expect(asked.reply()).toMatchObject({ type: 23, text: 'an answer' });
  });

  test('a button changes its message, or answers beside it', async () => {
    const { ada, channel, next, clickable } = await openCommands();
    const message = await clickable();
    const pressed = ada.press(message, 'Stop');
    const first = await next();
    if (!first.isButton()) throw new Error('no button');
    expect(first).toMatchObject({ customId: 's:1' });
    await first.update({ content: 'stopped' });
    expect(pressed.reply()).toMatchObject({ id: message.id, text: 'stopped', editedTimes: 1 });
    const again = ada.press(message, 's:1');
    const second = await next(2);
    if (!second.isButton()) throw new Error('no button');
    await second.deferUpdate();
    await second.editReply({ components: [] });
    await second.followUp({ content: 'only you', flags: MessageFlags.Ephemeral });
    expect(again.messages()).toMatchObject([{ text: 'only you', visibleTo: ada.id, replyTo: message.id }]);
    expect(() => ada.press(message, 'Stop')).toThrow('no button Stop');
    expect(channel.messages()).toMatchObject([{ text: 'stopped', buttons: [] }]);
  });

  test('an answer that does not fit is refused, and another one may follow', async () => {
    const { discord, ada, next, clickable } = await openCommands();
    ada.press(await clickable(), 'Stop');
    const interaction = await next();
    const path = `/interactions/${interaction.id}/${interaction.token}/callback`;
    const answer = (body: object) =>
      callPlainly(discord, path, { method: 'POST', body: JSON.stringify(body) });
    for (const type of [1, 8, 99]) {
      expect(await answer({ type })).toMatchObject({ status: 400, body: { code: 50_035 } });
    }
    const long = await answer({ type: 4, data: { content: 'x'.repeat(2001) } });
    expect(long).toMatchObject({ body: { errors: { data: { content: {} } } } });
    expect(await answer({ type: 6 })).toMatchObject({ status: 204 });
    const wrong = `/interactions/${interaction.id}/other/callback`;
    const unknown = await callPlainly(discord, wrong, { method: 'POST', body: '{"type":6}' });
    expect(unknown).toMatchObject({ status: 404, body: { code: 10_062 } });
  });

  test('nobody presses for others what only they see', async () => {
    const { ada, ben, channel, next } = await openCommands();
    ada.slash(channel, 'ask', { text: 'x' });
    const button = { type: ComponentType.Button, style: ButtonStyle.Primary, label: 'Again', custom_id: 'a' };
    const components = [{ type: 1, components: [button] } as never];
    await (await next()).reply({ content: 'x', components, flags: MessageFlags.Ephemeral });
    const [message] = ada.sees(channel);
    if (!message) throw new Error('nothing was sent');
    expect(() => ben.press(message, 'Again')).toThrow('does not see');
    const pressed = ada.press(message, 'Again');
    const interaction = await next(2);
    if (!interaction.isButton()) throw new Error('no button');
    await interaction.update('y');
    expect(pressed.reply()).toMatchObject({ text: 'y', visibleTo: ada.id });
  });

  test('a menu brings what was chosen', async () => {
    const { discord, ada, client, next } = await openCommands();
    const options = ['a', 'b'].map((value) => ({ label: value.toUpperCase(), value }));
    const menu = { type: ComponentType.StringSelect, custom_id: 'm', placeholder: 'Model', options };
    await client.users.send(ada.id, { components: [{ type: 1, components: [menu] } as never] });
    const [message] = ada.directChat().fromBot();
    if (!message) throw new Error('nothing was sent');
    ada.select(message, 'Model', ['B']);
    const interaction = await next();
    expect(interaction).toMatchObject({ customId: 'm', values: ['b'] });
    expect(discord.gateway.sessions()).toHaveLength(1);
  });

  test('an interaction that nobody hears fails', async () => {
    let nowMs = 0;
    const { discord, ada, channel, client } = await openCommands(() => nowMs);
    await client.destroy();
    const asked = ada.slash(channel, 'ask', { text: 'x' });
    nowMs += 3_001;
    expect(asked.state()).toBe('failed');
    expect(discord.gateway.connections()).toBe(0);
  });
});

import {
  ApplicationCommandOptionType,
  ComponentType,
  Events,
  type Interaction,
  TextInputStyle,
} from 'discord.js';
import { describe, expect, test } from 'vitest';
import { openClient, openDiscord, soon } from './open-discord.ts';

const COMMANDS = [
  {
    name: 'show',
    description: 'Takes a picture',
    options: [{ name: 'image', description: 'The picture', type: ApplicationCommandOptionType.Attachment }],
  },
] as const;

async function openWindows() {
  const opened = await openDiscord();
  const client = await openClient(opened.discord);
  await client.application.commands.set(COMMANDS);
  const arrived: Interaction[] = [];
  client.on(Events.InteractionCreate, (interaction) => void arrived.push(interaction));
  const next = async (count: number) => {
    await soon(() => arrived.length).toBe(count);
    const interaction = arrived.at(-1);
    if (!interaction) throw new Error('It was there a moment ago.');
    return interaction;
  };
  return { ...opened, next };
}

const input = {
  type: ComponentType.TextInput,
  custom_id: 'words',
  label: 'Words',
  style: TextInputStyle.Short,
};
const row = { type: ComponentType.ActionRow, components: [input] } as never;

describe('a window', () => {
  test('opens before its person, and brings back what they write', async () => {
    const { ada, channel, next } = await openWindows();
    const given = ada.slash(channel, 'show');
    const command = await next(1);
    if (!command.isChatInputCommand()) throw new Error('no command');
    await command.showModal({ custom_id: 'w:1', title: 'Write', components: [row] });
    expect(await given.acknowledged).toBe(9);
    expect(given.window()).toEqual({ customId: 'w:1', title: 'Write', inputs: ['words'] });
    const sent = ada.submit(given, { words: 'hello' });
    const submitted = await next(2);
    if (!submitted.isModalSubmit()) throw new Error('no window');
    expect(submitted.customId).toBe('w:1');
    expect(submitted.fields.getTextInputValue('words')).toBe('hello');
    await submitted.reply('Thank you');
    expect(sent.reply()?.text).toBe('Thank you');
  });

  test('takes no input that it does not have', async () => {
    const { ada, channel, next } = await openWindows();
    const given = ada.slash(channel, 'show');
    const command = await next(1);
    if (!command.isChatInputCommand()) throw new Error('no command');
    expect(() => ada.submit(given, {})).toThrow('No window is open');
    await command.showModal({ custom_id: 'w:1', title: 'Write', components: [row] });
    expect(() => ada.submit(given, { other: 'x' })).toThrow('There is no input other');
  });
});

test('a file can be given to a command', async () => {
  const { ada, channel, next } = await openWindows();
  const image = { name: 'a.png', type: 'image/png', bytes: Buffer.from('picture') };
  ada.slash(channel, 'show', { image });
  const command = await next(1);
  if (!command.isChatInputCommand()) throw new Error('no command');
  const attached = command.options.getAttachment('image', true);
  expect(attached).toMatchObject({ name: 'a.png', contentType: 'image/png', size: 7 });
  expect(await (await fetch(attached.url)).text()).toBe('picture');
});

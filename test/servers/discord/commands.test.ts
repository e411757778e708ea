import { describe, expect, test } from 'vitest';
import { COMMANDS, openCommands } from './open-commands.ts';
import { openDiscord, refusal } from './open-discord.ts';

describe('registering commands', () => {
  test('global ones, and those of a guild', async () => {
    const { discord, client, guild, ada, channel } = await openCommands();
    expect(discord.commands().map(({ name }) => name)).toEqual(['ask', 'model', 'Ask Ostler about this']);
    const ids = discord.commands().map(({ id }) => id);
    await client.application.commands.set(COMMANDS);
    expect(discord.commands().map(({ id }) => id)).toEqual(ids);
    expect(discord.overwrites()).toBe(2);
    await client.application.commands.set([{ name: 'only', description: 'here' }], guild.id);
    expect(discord.commands(guild)).toMatchObject([{ name: 'only', guild_id: guild.id }]);
    expect(discord.overwrites(guild)).toBe(1);
    ada.slash(channel, 'only');
    expect(() => ada.slash(ada.directChat(), 'only')).toThrow('no command only');
  });

  test('one by one', async () => {
    const { discord, client } = await openCommands();
    const made = await client.application.commands.create({ name: 'new', description: 'a' });
    await made.edit({ description: 'b' });
    expect(discord.commands().at(-1)).toMatchObject({ id: made.id, description: 'b' });
    await made.delete();
    expect(discord.commands()).toHaveLength(3);
    expect(await refusal(made.delete())).toMatchObject({ status: 404, code: 10_063 });
  });

  test.each([
    [[{ name: 'Upper', description: 'a' }], { 0: { name: {} } }],
    [[{ name: 'a', description: '' }], { 0: { description: {} } }],
    [[{ name: 'a', description: 'x'.repeat(101) }], { 0: { description: {} } }],
    [
      [
        { name: 'a', description: 'b' },
        { name: 'a', description: 'c' },
      ],
      {},
    ],
    [
      [
        {
          name: 'a',
          description: 'b',
          options: [
            { type: 3, name: 'c', description: 'd' },
            { type: 3, name: 'e', description: 'f', required: true },
          ],
        },
      ],
      { 0: { options: {} } },
    ],
  ])('%j is refused', async (body, where) => {
    const { discord, rest } = await openDiscord();
    const put = rest.put(`/applications/${discord.bot.id}/commands`, { body });
    expect(await refusal(put)).toMatchObject({ status: 400, code: 50_035, errors: where });
    expect(discord.commands()).toEqual([]);
  });
});

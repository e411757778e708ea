import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../adapters/sqlite/open-database.ts';
import { sqliteStore } from '../../../adapters/sqlite/store.ts';
import { CATALOGUE } from '../../../demo/ollama/models.ts';
import { discordBot, withCommands } from '../../servers/discord-bot.ts';

const many = Array.from({ length: 60 }, (_, index) => ({ ...CATALOGUE[0], tag: `model-${index}:7b` }));

describe('a slash command', () => {
  it('is answered to its person alone where it changes nothing', async () => {
    const { ada, ben, channel, said } = await withCommands(await discordBot());
    const given = ada.slash(channel, 'help');
    expect(await given.acknowledged).toBe(5);
    const help = await said(channel, ({ text }) => text.includes('/help'), ada);
    expect(help.visibleTo).toBe(ada.id);
    expect(ben.sees(channel)).toEqual([]);
  });

  it('that changes the chat is answered for all to see', async () => {
    const { ada, channel, said } = await withCommands(
      await discordBot({ config: { access: { open_groups: true } } }),
    );
    ada.slash(channel, 'new');
    const done = await said(channel, ({ text, loading }) => text !== '' && !loading);
    expect(done.visibleTo).toBeUndefined();
  });

  it('in a direct chat is answered there', async () => {
    const { ada, chat, said } = await withCommands(await discordBot());
    ada.slash(chat, 'model', { name: 'qwen2.5:7b' });
    const done = await said(chat, ({ text }) => text.includes('From now on'));
    expect(done.visibleTo).toBeUndefined();
  });

  it('of a stranger is refused to them alone', async () => {
    const { discord, guild, channel, said } = await withCommands(
      await discordBot({ config: { access: { discord: {} } } }),
    );
    const eve = discord.person({ name: 'Eve' });
    guild.joins(eve);
    eve.slash(channel, 'new');
    const refusal = await said(channel, ({ text }) => text.includes('not served'), eve);
    expect(refusal.visibleTo).toBe(eve.id);
  });

  it('is acknowledged within 3 s while the house takes long, and answered when it can be', async () => {
    const { ada, chat, ostler, discord, said } = await withCommands(await discordBot());
    const { standingOf } = ostler.front;
    const gate = Promise.withResolvers<void>();
    vi.spyOn(ostler.front, 'standingOf').mockImplementation(async (presence) => {
      await gate.promise;
      return standingOf(presence);
    });
    const given = ada.slash(chat, 'help');
    expect(await given.acknowledged).toBe(5);
    expect(given.state()).toBe('thinking');
    const sent = ada.send(chat, 'Hello');
    expect(discord.requests({ method: 'POST', route: '/channels/:channel/messages' })).toEqual([]);
    gate.resolve();
    await said(chat, ({ text }) => text.includes('/help'));
    expect(given.state()).toBe('answered');
    await said(chat, ({ text, id }) => text.includes('You said: Hello') && id > sent.id);
  });

  it('that the bot does not know is told so', async () => {
    const { discord, ada, chat, guild, channel, said } = await withCommands(await discordBot());
    const body = [{ name: 'dance', description: 'Of an older bot', type: 1 }];
    const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' };
    const url = `${discord.restUrl}/v10/applications/${discord.bot.id}/guilds/${guild.id}/commands`;
    await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) });
    ada.slash(channel, 'dance');
    const words = await said(channel, ({ text }) => text.includes('do not know that command'), ada);
    expect(words.visibleTo).toBe(ada.id);
    expect(chat.fromBot()).toEqual([]);
  });

  it('whose answer could not be acknowledged at once is acknowledged by a second attempt', async () => {
    const { discord, ada, chat, said } = await withCommands(await discordBot());
    discord.fault({ route: '/interactions/:interaction/:token/callback', kind: 'drop-after' });
    const given = ada.slash(chat, 'help');
    await said(chat, ({ text }) => text.includes('/help'));
    expect(given.state()).toBe('answered');
  });
});

describe('autocomplete', () => {
  it('offers at most 25 models, those that fit', async () => {
    const { ada, channel, discord } = await withCommands(
      await discordBot({ ollama: { models: many as never } }),
    );
    const all = await ada.autocomplete(channel, 'model', { name: '' });
    expect(all).toHaveLength(25);
    const some = await ada.autocomplete(channel, 'ask', { question: 'x', model: 'model-5' });
    expect(some.map(({ value }) => value)).toEqual(expect.arrayContaining(['model-5:7b', 'model-50:7b']));
    expect(some).toHaveLength(11);
    const eve = discord.person({ name: 'Eve' });
    expect(await eve.autocomplete(eve.directChat(), 'model', { name: '' })).toEqual([]);
  });
});

describe('the list of commands', () => {
  it('is registered once, and again where it changed', async () => {
    const bot = await withCommands(await discordBot());
    const { discord, reopen } = bot;
    expect(discord.overwrites()).toBe(1);
    expect(discord.commands().map(({ name }) => name)).toEqual(
      expect.arrayContaining(['ask', 'Ask Ostler about this', 'help', 'model']),
    );
    const isNoted = () => bot.ostler.lines.some(({ message }) => message === 'Discord knows the commands');
    await expect.poll(isNoted).toBe(true);
    await reopen();
    bot.ada.send(bot.chat, 'Hello');
    await bot.answer(bot.chat, 'Hello');
    expect(discord.overwrites()).toBe(1);
    await bot.stop();
    const database = openDatabase(join(bot.ostler.config.data_dir, 'ostler.db'));
    const key = `discord:commands:${discord.bot.id}:global`;
    expect(await sqliteStore(database).get(key)).toMatch(/^[0-9a-f]{64}$/);
    await sqliteStore(database).set(key, 'of another table');
    database.close();
    await reopen();
    await discord.until(() => discord.overwrites() === 2);
  });

  it('is registered in the server that is named for development', async () => {
    const { discord, guild, ostler, reopen } = await withCommands(await discordBot());
    await reopen({
      discord: { ...ostler.config.discord, development_guild: guild.id },
    });
    await discord.until(() => discord.commands(guild).length > 0);
    expect(discord.overwrites(guild)).toBe(1);
    expect(discord.overwrites()).toBe(1);
  });
});

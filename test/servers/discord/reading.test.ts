import { Routes } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { callPlainly, openDiscord, refusal } from './open-discord.ts';

describe('reading', () => {
  test('pages of messages, newest first', async () => {
    const { rest, ada } = await openDiscord();
    const chat = ada.directChat();
    const ids = Array.from({ length: 7 }, (_, place) => ada.send(chat, `${place}`).id);
    const read = async (query: Record<string, string>) => {
      const answer = await rest.get(Routes.channelMessages(chat.id), { query: new URLSearchParams(query) });
      return (answer as readonly { content: string }[]).map(({ content }) => content).join('');
    };
    expect(await read({})).toBe('6543210');
    expect(await read({ limit: '2' })).toBe('65');
    expect(await read({ before: ids[3] ?? '', limit: '2' })).toBe('21');
    expect(await read({ after: ids[3] ?? '', limit: '2' })).toBe('54');
    expect(await read({ around: ids[3] ?? '', limit: '3' })).toBe('432');
    expect(await refusal(read({ limit: '101' }))).toMatchObject({ status: 400, code: 50_035 });
  });

  test('REST tells content by the same rule as the gateway', async () => {
    for (const privileged of [[], ['content']] as const) {
      const { discord, rest, ada, channel } = await openDiscord({ privileged });
      ada.send(channel, 'among us');
      ada.send(channel, `${discord.botMention} hear`);
      const messages = await rest.get(Routes.channelMessages(channel.id));
      const contents = (messages as readonly { content: string }[]).map(({ content }) => content);
      expect(contents).toEqual([`${discord.botMention} hear`, privileged.length > 0 ? 'among us' : '']);
    }
  });

  test('an attachment is fetched by its link, for a day', async () => {
    let nowMs = 0;
    const { rest, ada } = await openDiscord({ now: () => nowMs });
    const chat = ada.directChat();
    const bytes = new Uint8Array([1, 2, 3]);
    const { id } = ada.send(chat, '', { attachments: [{ name: 'a b.png', type: 'image/png', bytes }] });
    const link = async () => {
      const message = await rest.get(Routes.channelMessage(chat.id, id));
      return (message as { attachments: readonly { url: string }[] }).attachments[0]?.url ?? '';
    };
    const url = await link();
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(await response.bytes()).toEqual(bytes);
    nowMs += 25 * 3_600_000;
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(await link())).status).toBe(200);
  });

  test('the bot, its application, guilds, roles and members', async () => {
    const { discord, rest, guild, ada, channel } = await openDiscord();
    expect(await rest.get(Routes.user('@me'))).toMatchObject({ id: discord.bot.id, bot: true });
    expect(await rest.get(Routes.currentApplication())).toMatchObject({ id: discord.bot.id, flags: 0 });
    expect(await rest.get(Routes.guild(guild.id))).toMatchObject({ name: 'Lab', owner_id: ada.id });
    expect(await rest.get(Routes.guildRoles(guild.id))).toMatchObject([{ id: guild.id }, { managed: true }]);
    expect(await rest.get(Routes.guildMember(guild.id, ada.id))).toMatchObject({ user: { id: ada.id } });
    expect(await rest.get(Routes.guildChannels(guild.id))).toMatchObject([{ id: channel.id }]);
    expect(await refusal(rest.get(Routes.guildMembers(guild.id)))).toMatchObject({
      status: 403,
      code: 50_001,
    });
    expect(await refusal(rest.get(Routes.guild('1')))).toMatchObject({ status: 404, code: 10_004 });
  });

  test('whoever does not say who they are gets a 401, and a wrong path a 404', async () => {
    const { discord } = await openDiscord();
    const unknown = await callPlainly(discord, '/users/@me', { headers: {} });
    expect(unknown).toMatchObject({ status: 401, body: { message: '401: Unauthorized', code: 0 } });
    expect(await callPlainly(discord, '/nowhere')).toMatchObject({ status: 404, body: { code: 0 } });
    expect((await callPlainly(discord, '/users/@me', { method: 'PUT' })).status).toBe(405);
  });
});

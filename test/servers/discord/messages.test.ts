import { Routes } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { openClient, openDiscord, refusal } from './open-discord.ts';
import { button, row, times } from './parts.ts';

describe('mentions', () => {
  test.each([
    ['nothing', { parse: [] }, []],
    ['one person', { users: ['ben'] }, ['ben']],
    ['what is written', undefined, ['ada', 'ben']],
    ['a role', { parse: ['roles'] }, ['ada']],
  ])('%s is told with %j', async (_, allowed, told) => {
    const { discord, rest, ada, ben, guild, channel } = await openDiscord();
    const [carla, dora] = [discord.person({ name: 'Carla' }), discord.person({ name: 'Dora' })];
    guild.joins(carla);
    guild.joins(dora);
    const loud = guild.role('helpers', { members: [ada], mentionable: true });
    const quiet = guild.role('others', { members: [carla] });
    const ids: Readonly<Record<string, string>> = { ada: ada.id, ben: ben.id };
    const allowed_mentions = allowed && {
      ...allowed,
      ...('users' in allowed && { users: allowed.users.map((name) => ids[name]) }),
    };
    const content = `${ben.mention} ${loud.mention} ${quiet.mention} @everyone \`${dora.mention}\``;
    await rest.post(Routes.channelMessages(channel.id), { body: { content, allowed_mentions } });
    const expected = told.map((name) => ids[name]).sort();
    expect([...(channel.messages()[0]?.pings ?? [])].sort()).toEqual(expected);
    const rang = discord.pings().map(({ person }) => person);
    expect(rang.sort()).toEqual(expected);
  });

  test('@everyone rings only for a bot that may, and a replied person only if wanted', async () => {
    const { discord, ada, ben, rest } = await openDiscord();
    const loud = discord.guild({ name: 'Loud', members: [ada, ben], botPermissions: ['mentionEveryone'] });
    const channel = loud.channel('all');
    const send = (body: object) => rest.post(Routes.channelMessages(channel.id), { body });
    await send({ content: '@everyone' });
    expect(channel.messages()[0]?.pings).toEqual([ada.id, ben.id]);
    const message_reference = { message_id: ada.send(channel, 'hi').id };
    await send({ content: 'x', message_reference });
    await send({ content: 'x', message_reference, allowed_mentions: { parse: [], replied_user: false } });
    expect(channel.fromBot().map(({ pings }) => pings)).toEqual([[ada.id, ben.id], [ada.id], []]);
    await send({ content: 'x', message_reference: { message_id: channel.fromBot()[0]?.id } });
    expect(channel.fromBot().at(-1)?.mentions).toEqual([]);
  });
});

describe('editing and deleting', () => {
  test('an edit changes what it names, and keeps the count', async () => {
    const { discord, ada } = await openDiscord();
    const client = await openClient(discord);
    const sent = await (await client.users.fetch(ada.id)).send({
      content: 'a',
      components: [row(button('b')) as never],
    });
    await sent.edit('c');
    expect(ada.directChat().messages()).toMatchObject([
      { text: 'c', editedTimes: 1, buttons: [[{ customId: 'b' }]], pings: [ada.id] },
    ]);
    await sent.edit({ components: [] });
    expect(ada.directChat().messages()).toMatchObject([{ text: 'c', editedTimes: 2, buttons: [] }]);
    expect(discord.pings()).toHaveLength(1);
    const history = ada.directChat().history();
    expect(history.map(({ type }) => type)).toEqual(['sent', 'edited', 'edited']);
  });

  test('what is gone, or not its own, is refused', async () => {
    const { rest, ada, channel } = await openDiscord();
    const edit = (id: string, content = 'x') =>
      refusal(rest.patch(Routes.channelMessage(channel.id, id), { body: { content } }));
    const remove = (id: string) => refusal(rest.delete(Routes.channelMessage(channel.id, id)));
    expect(await edit('1')).toMatchObject({ status: 404, code: 10_008 });
    expect(await remove('1')).toMatchObject({ status: 404, code: 10_008 });
    const hers = ada.send(channel, 'mine');
    expect(await edit(hers.id)).toMatchObject({ status: 403, code: 50_005 });
    expect(await remove(hers.id)).toMatchObject({ status: 403, code: 50_013 });
    const inPrivate = ada.send(ada.directChat(), 'mine');
    const there = rest.delete(Routes.channelMessage(ada.directChat().id, inPrivate.id));
    expect(await refusal(there)).toMatchObject({ status: 403, code: 50_003 });
  });

  test('several are deleted at once by a bot that may, unless they are old', async () => {
    let nowMs = 0;
    const { discord, rest, ada } = await openDiscord({ now: () => nowMs });
    const guild = discord.guild({ name: 'G', members: [ada], botPermissions: ['manageMessages'] });
    const channel = guild.channel('c');
    const bulk = (messages: readonly string[]) =>
      rest.post(Routes.channelBulkDelete(channel.id), { body: { messages } });
    const ids = times(3, (place) => ada.send(channel, `${place}`).id);
    await bulk(ids.slice(0, 2));
    expect(channel.messages()).toMatchObject([{ text: '2' }]);
    expect(await refusal(bulk([ids[2] ?? '']))).toMatchObject({ code: 50_016 });
    nowMs += 15 * 86_400_000;
    expect(await refusal(bulk([ids[2] ?? '', ada.send(channel, 'new').id]))).toMatchObject({ code: 50_034 });
  });
});

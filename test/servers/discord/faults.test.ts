import { DiscordAPIError, REST, Routes } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { openDiscord, refusal } from './open-discord.ts';

const asValue = (error: unknown) => error;
const route = '/channels/:channel/messages';

describe('faults', () => {
  const open = async () => {
    const opened = await openDiscord();
    const { rest, channel } = opened;
    const body = { content: 'x' };
    const send = () => rest.post(Routes.channelMessages(channel.id), { body }).catch(asValue);
    return { ...opened, send };
  };

  test.each([
    ['drop-before', 0],
    ['drop-after', 1],
    ['not-json', 0],
  ] as const)('%s: no answer arrives, and %i messages', async (kind, messages) => {
    const { discord, channel, send } = await open();
    discord.fault({ method: 'POST', route, channel: channel.id, kind });
    expect(await send()).toBeInstanceOf(Error);
    expect(channel.messages()).toHaveLength(messages);
    expect(discord.pendingFaults()).toEqual([]);
    await send();
    expect(channel.messages()).toHaveLength(messages + 1);
  });

  test.each([
    ['sends it twice', {}, 2],
    ['sends it once with a nonce', { nonce: 'n', enforce_nonce: true }, 1],
  ])('reset-after: discord.js asks again, and %s', async (_, more, messages) => {
    const { discord, channel } = await open();
    const rest = new REST({ api: discord.restUrl }).setToken(discord.token);
    discord.fault({ kind: 'reset-after' });
    await rest.post(Routes.channelMessages(channel.id), { body: { content: 'x', ...more } });
    expect(channel.messages()).toHaveLength(messages);
    expect(discord.requests({ route }).map(({ status }) => status)).toEqual([499, 200]);
  });

  test('half-answer: it is done, and half of the answer arrives', async () => {
    const { discord, channel } = await open();
    discord.fault({ kind: 'half-answer' });
    const ended = discord.when('answer');
    const response = await fetch(`${discord.restUrl}/v10${Routes.channelMessages(channel.id)}`, {
      method: 'POST',
      headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
      body: '{"content":"x"}',
    });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    expect((await ended).request.status).toBe(499);
    expect(channel.messages()).toHaveLength(1);
  });

  test('an error of any kind, as often as wanted, and only where it fits', async () => {
    const { discord, rest, channel, send } = await open();
    const kind = { status: 403, code: 50_013, message: 'Missing Permissions' };
    const takeBack = discord.fault({ method: 'POST', kind, times: 3 });
    await rest.get(Routes.channel(channel.id));
    for (let time = 0; time < 2; time += 1) expect(await send()).toBeInstanceOf(DiscordAPIError);
    takeBack();
    await send();
    expect(channel.messages()).toHaveLength(1);
    expect(discord.requests({ method: 'POST' }).map(({ status, code }) => [status, code])).toEqual([
      [403, 50_013],
      [403, 50_013],
      [200, undefined],
    ]);
  });

  test('a request that hangs ends with its client', async () => {
    const { discord, rest, channel } = await open();
    discord.fault({ kind: 'hang' });
    const leaving = new AbortController();
    const arrived = discord.when('request');
    const { signal } = leaving;
    const call = rest
      .post(Routes.channelMessages(channel.id), { body: { content: 'x' }, signal })
      .catch(asValue);
    await arrived;
    const ended = discord.when('answer');
    leaving.abort();
    expect((await ended).request.status).toBe(499);
    expect(await call).toBeInstanceOf(Error);
    expect(channel.messages()).toEqual([]);
  });

  test('it goes away and comes back with all it had', async () => {
    const { discord, channel, send } = await open();
    await send();
    await discord.goAway();
    expect(await send()).toMatchObject({ code: 'ECONNREFUSED' });
    await discord.comeBack();
    await send();
    expect(channel.messages()).toHaveLength(2);
  });

  test('a token that is revoked is good for nothing', async () => {
    const { discord, rest } = await open();
    discord.revoke();
    expect(await refusal(rest.get(Routes.user('@me')))).toMatchObject({ status: 401, code: 0 });
  });
});

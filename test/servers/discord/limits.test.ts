import { Routes } from 'discord.js';
import { expect, test } from 'vitest';
import { callPlainly, openDiscord } from './open-discord.ts';
import type { Discord } from './surface.ts';

async function openLimited() {
  let nowMs = 0;
  const opened = await openDiscord({ limits: 'real', now: () => nowMs });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { ...opened, pass };
}

const post = (discord: Discord, channel: string) =>
  callPlainly(discord, `/channels/${channel}/messages`, { method: 'POST', body: '{"content":"x"}' });

test('a channel takes five messages in five seconds, and says so', async () => {
  const { discord, ada, channel, pass } = await openLimited();
  const first = await post(discord, channel.id);
  expect(first.headers.get('x-ratelimit-limit')).toBe('5');
  expect(first.headers.get('x-ratelimit-remaining')).toBe('4');
  expect(first.headers.get('x-ratelimit-reset-after')).toBe('5.000');
  pass(1_500);
  for (let sent = 1; sent < 5; sent += 1) expect((await post(discord, channel.id)).status).toBe(200);
  const refused = discord.when('refused');
  const limited = await post(discord, channel.id);
  expect(limited).toMatchObject({ status: 429, body: { retry_after: 3.5, global: false } });
  expect(limited.headers.get('retry-after')).toBe('4');
  expect(limited.headers.get('x-ratelimit-scope')).toBe('user');
  expect(await refused).toMatchObject({ retryAfterSeconds: 3.5, global: false });
  expect((await post(discord, ada.directChat().id)).status).toBe(200);
  pass(3_500);
  expect((await post(discord, channel.id)).status).toBe(200);
  expect(discord.refusals()).toBe(1);
  expect(discord.invalidRequests()).toBe(1);
});

test('edits have a bucket of their own', async () => {
  const { discord, channel } = await openLimited();
  const { body } = await post(discord, channel.id);
  const path = `/channels/${channel.id}/messages/${(body as { id: string }).id}`;
  const edit = () => callPlainly(discord, path, { method: 'PATCH', body: '{"content":"y"}' });
  for (let time = 0; time < 5; time += 1) expect((await edit()).status).toBe(200);
  expect((await edit()).status).toBe(429);
  expect((await post(discord, channel.id)).status).toBe(200);
});

test('everything together takes 50 in a second', async () => {
  const { discord, pass } = await openLimited();
  const ask = (place: number) =>
    callPlainly(discord, `/channels/${discord.person({ name: `P${place}` }).directChat().id}`);
  for (let place = 0; place < 50; place += 1) expect((await ask(place)).status).toBe(200);
  const limited = await ask(50);
  expect(limited).toMatchObject({ status: 429, body: { global: true } });
  expect(limited.headers.get('x-ratelimit-global')).toBe('true');
  pass(1_000);
  expect((await ask(50)).status).toBe(200);
});

test('discord.js keeps within the limits by the headers', async () => {
  const { discord, rest, ada } = await openDiscord({ limits: 'real' });
  const chat = ada.directChat();
  const message = Routes.channelMessages(chat.id);
  const sends = Array.from({ length: 6 }, () => rest.post(message, { body: { content: 'x' } }));
  await Promise.all(sends);
  expect(chat.messages()).toHaveLength(6);
  expect(discord.refusals()).toBe(0);
});

test('without limits nothing is refused', async () => {
  const { discord, channel } = await openDiscord();
  for (let sent = 0; sent < 60; sent += 1) {
    expect((await post(discord, channel.id)).headers.has('x-ratelimit-limit')).toBe(false);
  }
  expect(channel.messages()).toHaveLength(60);
  expect(discord.refusals()).toBe(0);
});

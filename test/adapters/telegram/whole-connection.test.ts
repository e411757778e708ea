import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { Telegram } from '../../servers/telegram/telegram.ts';
import { buttonsOf } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const SECRET = 'known-to-telegram-only';

/** What the bot confirms after the next update does not reach Telegram, until the function is called. */
async function deafen(telegram: Telegram): Promise<() => void> {
  await telegram.until(() => telegram.pollers() === 1);
  let hear = () => {};
  const off = telegram.on((event) => {
    if (event.type !== 'poll-ended' || event.updates === 0) return;
    off();
    hear = telegram.fault({ method: 'getUpdates', kind: 'drop-before', times: 1_000 });
  });
  return () => hear();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('a bot that Telegram calls by its webhook answers as one that polls does', async () => {
  const port = await freePort();
  const webhook = { url: `http://127.0.0.1:${port}/`, secret: SECRET, port };
  const { telegram, ada, chat, answer, said } = await hurriedBot({ config: { telegram: { webhook } } });
  ada.send(chat, 'Hello');
  const message = await answer(chat, 'Hello');
  ada.send(chat, '/model');
  const menu = await said(chat, (one) => buttonsOf(one).length > 0);
  expect(await ada.press(chat, menu, 0)).toMatchObject({ text: expect.stringContaining('the rules choose') });
  await telegram.until(() => telegram.unconfirmed().length === 0);
  expect(chat.fromBot()[0]).toEqual(message);
  expect(telegram.requests({ method: 'getUpdates' })).toEqual([]);
  const forged = await fetch(webhook.url, { method: 'POST', body: '{"update_id":1}' });
  expect(forged.status).toBe(401);
});

it('a bot that polls takes away the webhook that stood before, and loses nothing by it', async () => {
  const port = await freePort();
  const webhook = { url: `http://127.0.0.1:${port}/`, secret: SECRET, port };
  const bot = await hurriedBot({ config: { telegram: { webhook } } });
  const { telegram, ostler, ada, chat, answer, passUntil } = bot;
  ada.send(chat, 'one');
  await answer(chat, 'one');
  await ostler.close();
  ada.send(chat, 'two');
  await bot.reopen({ telegram: { token: telegram.token, api_url: telegram.url } });
  await passUntil(() => chat.fromBot().length === 2);
  await answer(chat, 'two');
  expect(chat.fromBot()).toHaveLength(2);
});

it('a bot that starts while Telegram is away answers once it is back', async () => {
  const { passUntil, telegram, ostler, reopen, ada, chat, asked } = await hurriedBot();
  await ostler.close();
  await telegram.goAway();
  ada.send(chat, 'Hello');
  await reopen();
  await telegram.comeBack();
  await passUntil(() => chat.fromBot().some(({ text }) => text.includes('🏠')));
  expect(asked()).toEqual(['Hello']);
});

it('what comes a second time, because nobody heard that it was taken, changes nothing', async () => {
  const { telegram, reopen, ada, chat, answer, asked, said } = await hurriedBot();
  const hear = await deafen(telegram);
  ada.send(chat, 'one');
  await answer(chat, 'one');
  expect(telegram.unconfirmed()).toHaveLength(1);
  await reopen();
  hear();
  await telegram.until(() => telegram.unconfirmed().length === 0);
  ada.send(chat, '/help');
  await said(chat, ({ text }) => text.includes('/stats'));
  expect(asked()).toEqual(['one']);
  expect(chat.fromBot()).toHaveLength(2);
});

it('a command that comes a second time is carried out once', async () => {
  const { telegram, reopen, ada, chat, answer, said } = await hurriedBot();
  const hear = await deafen(telegram);
  ada.send(chat, '/new');
  await said(chat, ({ text }) => text.startsWith('New conversation'));
  await reopen();
  hear();
  await telegram.until(() => telegram.unconfirmed().length === 0);
  ada.send(chat, 'one');
  await answer(chat, 'one');
  expect(chat.fromBot()).toHaveLength(2);
});

it('what was shown of an answer stays while the bot is started again, and becomes the whole one', async () => {
  const { pass, telegram, ostler, reopen, ollama, ada, chat, said, answer } = await hurriedBot();
  const text = 'A question that is long enough to be seen growing';
  const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
  ada.send(chat, text);
  await generation.reached;
  const growing = await said(chat, (message) => message.text.startsWith('You said: A question'));
  await pass(5_000);
  await ostler.close();
  expect(chat.message(growing.id)?.text).toBe(growing.text);
  expect(telegram.requests({ method: 'editMessageText' })).toEqual([]);
  await reopen();
  expect((await answer(chat, text)).id).toBe(growing.id);
  expect(chat.fromBot()).toHaveLength(1);
});

it('a bot that has ended shows nothing more', async () => {
  const { pass, telegram, ostler, ollama, ada, chat } = await hurriedBot();
  const load = ollama.hold({ at: 'load' });
  ada.send(chat, 'Hello');
  await load.reached;
  await telegram.until(() => chat.action() === 'typing');
  await ostler.close();
  const count = telegram.requests().length;
  await pass(20_000);
  expect(telegram.requests()).toHaveLength(count);
  expect(chat.fromBot()).toEqual([]);
});

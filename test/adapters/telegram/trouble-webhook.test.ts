import { type AddressInfo, createServer } from 'node:net';
import { Api } from 'grammy';
import { describe, expect, it } from 'vitest';
import { type TroubledBot, troubledBot, untilItPolls } from './troubled-bot.ts';

const SECRET = 'the-Secret_of-Atlantis';
const HOST = '127.0.0.1';

/** One that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function webhookBot() {
  const port = await freePort();
  const url = `http://${HOST}:${port}/`;
  const webhook = { url, secret: SECRET, host: HOST, port };
  const bot = await troubledBot({ config: { telegram: { webhook } } }, [SECRET]);
  return { bot, url, webhook };
}

const isSet = ({ telegram }: TroubledBot) =>
  telegram.until(() => telegram.requests({ method: 'setWebhook' }).some(({ status }) => status === 200));

function post(url: string, update: unknown, secret?: string): Promise<Response> {
  const headers = secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret };
  return fetch(url, { method: 'POST', body: JSON.stringify(update), headers });
}

describe('with a webhook', () => {
  it('what Telegram posts is answered, and nothing is polled', async () => {
    const { bot } = await webhookBot();
    const { telegram, ada, chat, answer } = bot;
    ada.send(chat, 'What is posted to you?');
    await answer(chat, 'What is posted to you?');
    ada.send(chat, 'And what else?');
    await answer(chat, 'And what else?');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(chat.fromBot()).toHaveLength(2);
    expect(telegram.requests({ method: 'getUpdates' })).toEqual([]);
  });

  it.each([
    ['without the secret', undefined],
    ['with another secret', 'the-Secret_of-Atlantic'],
    ['with an empty secret', ''],
    ['with more than the secret', `${SECRET}x`],
  ])('whoever posts %s gets a 401, and nothing happens', async (_, secret) => {
    const { bot, url } = await webhookBot();
    const { telegram, ada, chat, answer, asked, lines } = bot;
    await isSet(bot);
    const before = lines().length;
    const message = { message_id: 900, date: 1_700_000_000, text: 'Who sent this?' };
    const from = { id: ada.id, is_bot: false, first_name: 'Ada' };
    const forged = { update_id: 5, message: { ...message, from, chat: { id: ada.id, type: 'private' } } };
    expect((await post(url, forged, secret)).status).toBe(401);
    expect(lines()).toHaveLength(before);
    // With the secret it would have been a question.
    expect((await post(url, forged, SECRET)).status).toBe(200);
    await answer(chat, 'Who sent this?');
    expect(asked()).toEqual(['Who sent this?']);
    expect(telegram.requests({ method: 'sendMessage' })).toHaveLength(1);
  });

  it('a restart in the middle loses nothing: Telegram delivers again', async () => {
    const { bot } = await webhookBot();
    const { telegram, ollama, ada, chat, answer, asked } = bot;
    await isSet(bot);
    const hold = ollama.hold({ at: 'generation' });
    ada.send(chat, 'What was asked before?');
    await hold.reached;
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await bot.ostler.close();
    const refused = telegram.when('delivery', ({ status }) => status === 0);
    ada.send(chat, 'What was asked in between?');
    await refused;
    await bot.reopen();
    await answer(chat, 'What was asked before?');
    await answer(chat, 'What was asked in between?');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(chat.fromBot()).toHaveLength(2);
    expect(new Set(asked())).toEqual(new Set(['What was asked before?', 'What was asked in between?']));
  });

  it('while Telegram is away at the start, it is set later, and said once each', async () => {
    const { bot } = await webhookBot();
    const { telegram, ada, chat, answer } = bot;
    await isSet(bot);
    await telegram.goAway();
    const ostler = await bot.reopen();
    expect(await ostler.ask('What goes on?')).toMatchObject({ kind: 'answer' });
    await telegram.comeBack();
    ada.send(chat, 'Is it set again?');
    await answer(chat, 'Is it set again?');
    await bot.logged(/the webhook is set/);
    const told = ostler.lines.filter(({ message }) => /webhook is/.test(message));
    expect(told.map(({ level, code }) => [level, code])).toEqual([
      ['error', 'unreachable'],
      ['info', undefined],
    ]);
  });

  it('a wrong token is told of clearly', async () => {
    const { bot, webhook } = await webhookBot();
    const token = '1001:Atlantis_is_not_known_here';
    const ostler = await bot.reopen({ telegram: { token, api_url: bot.telegram.url, webhook } });
    expect(await ostler.ask('What goes on?')).toMatchObject({ kind: 'answer' });
    await bot.telegram.until(() => ostler.lines.some(({ level }) => level === 'error'));
    expect(ostler.lines.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ hint: expect.stringContaining('check telegram.token') }),
    ]);
    expect(JSON.stringify(ostler.lines)).not.toContain(token);
  });
});

it('whoever goes back to polling gets rid of the webhook, and of nothing that waits', async () => {
  const { bot } = await webhookBot();
  const { telegram, ada, chat, answer, lines } = bot;
  await isSet(bot);
  await bot.ostler.close();
  ada.send(chat, 'Who fetches this?');
  await bot.reopen({ telegram: { token: telegram.token, api_url: telegram.url } });
  await answer(chat, 'Who fetches this?');
  await untilItPolls(bot);
  expect(chat.fromBot()).toHaveLength(1);
  expect(await new Api(telegram.token, { apiRoot: telegram.url }).getWebhookInfo()).toMatchObject({
    url: '',
  });
  expect(lines(/A webhook is set/)).toHaveLength(1);
});

it('a list of commands that Telegram refuses holds up nobody', async () => {
  const bot = await troubledBot();
  const { telegram, ada, chat, answer } = bot;
  await untilItPolls(bot);
  telegram.fault({ method: 'getMyCommands', kind: { status: 400, description: 'Bad Request: x' } });
  const ostler = await bot.reopen();
  ada.send(chat, 'Is anybody held up?');
  await answer(chat, 'Is anybody held up?');
  expect(ostler.lines.filter(({ message }) => /list of commands/.test(message))).toHaveLength(1);
});

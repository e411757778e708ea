import { once } from 'node:events';
import { connect } from 'node:net';
import type { Api } from 'grammy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApi } from '../../../adapters/telegram/open-api.ts';
import { registerWebhook } from '../../../adapters/telegram/register-webhook.ts';
import type { HandleUpdate } from '../../../adapters/telegram/take-update.ts';
import { serveWebhook, type WebhookServer } from '../../../adapters/telegram/webhook.ts';
import { OstlerError } from '../../../src/errors.ts';
import { createTelegram, type Telegram } from '../../servers/telegram/telegram.ts';
import { logBook } from './log-book.ts';

const SECRET = 'a-Secret_1';
const HOST = '127.0.0.1';

let telegram: Telegram;
let api: Api;
let servers: WebhookServer[];

beforeEach(async () => {
  telegram = await createTelegram();
  api = openApi(telegram.token, telegram.url);
  servers = [];
});
afterEach(async () => {
  await telegram.close();
  await Promise.all(servers.map(({ close }) => close()));
});

async function serve(handle: HandleUpdate = async () => {}) {
  const book = logBook();
  const taken: string[] = [];
  const take: HandleUpdate = async (update) => {
    await handle(update);
    taken.push(textOf(update));
  };
  const server = await serveWebhook(take, {
    host: HOST,
    port: 0,
    path: '/',
    secret: SECRET,
    logger: book.logger,
  });
  servers.push(server);
  const url = `http://${HOST}:${server.port}/`;
  return {
    server,
    url,
    taken,
    lines: book.lines,
    register: () => registerWebhook(api, { url, secret: SECRET }),
  };
}

function textOf(update: unknown): string {
  const known = update as { message?: { text?: string } } | null;
  return known?.message?.text ?? JSON.stringify(update);
}

function post(url: string, body: string, secret: string | undefined = SECRET): Promise<Response> {
  const headers = secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret };
  return fetch(url, { method: 'POST', body, headers });
}

function ada() {
  const person = telegram.person({ name: 'Ada' });
  const chat = person.directChat();
  return { says: (text: string) => person.send(chat, text) };
}

describe('Telegram', () => {
  it('delivers in order what was written before and after, one at a time', async () => {
    const [eve, bob] = [ada(), ada()];
    eve.says('one');
    bob.says('two');
    let running = 0;
    let most = 0;
    const { taken, register } = await serve(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    });
    await register();
    eve.says('three');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(taken).toEqual(['one', 'two', 'three']);
    expect(most).toBe(1);
  });

  it('is told what to send', async () => {
    const { url, register } = await serve();
    await register();
    await register();
    expect(await api.getWebhookInfo()).toMatchObject({
      url,
      max_connections: 1,
      allowed_updates: ['message', 'edited_message', 'callback_query', 'stopped_message_generation'],
    });
  });

  it('keeps an update until it is taken', async () => {
    const { promise: mayTake, resolve: take } = Promise.withResolvers<void>();
    const { promise: handling, resolve: begins } = Promise.withResolvers<void>();
    const { register, taken } = await serve(() => {
      begins();
      return mayTake;
    });
    await register();
    ada().says('one');
    await handling;
    expect(telegram.unconfirmed()).toHaveLength(1);
    take();
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(taken).toEqual(['one']);
  });

  it('sends again what could not be taken', async () => {
    let times = 0;
    const { register, taken, lines } = await serve(async () => {
      times += 1;
      if (times <= 2) throw new OstlerError('The disk is full.', { code: 'storage' });
    });
    await register();
    ada().says('one');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(taken).toEqual(['one']);
    expect(times).toBe(3);
    expect(lines().map(({ level }) => level)).toEqual(['warn', 'warn']);
  });

  it('does not send again what we cannot handle', async () => {
    const { register, lines } = await serve(async () => {
      throw new TypeError('x is not a function');
    });
    await register();
    ada().says('one');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(lines()).toMatchObject([{ level: 'error', message: 'an update could not be handled; skipped' }]);
  });
});

describe('whoever else comes', () => {
  it.each([
    ['no secret', undefined],
    ['an empty secret', ''],
    ['half of it', SECRET.slice(0, 5)],
    ['another one', SECRET.toLowerCase()],
    ['more than it', `${SECRET}x`],
  ])('is turned away with %s', async (_, secret) => {
    const { url, taken } = await serve();
    const answer = await fetch(url, {
      method: 'POST',
      body: '{"update_id":1}',
      headers: secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret },
    });
    expect([answer.status, await answer.text()]).toEqual([401, '']);
    expect(taken).toEqual([]);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('learns nothing by %s', async (method) => {
    const { url } = await serve();
    const answer = await fetch(url, { method, headers: { 'x-telegram-bot-api-secret-token': SECRET } });
    expect([answer.status, await answer.text()]).toEqual([405, '']);
  });

  it('finds nothing elsewhere', async () => {
    const { url } = await serve();
    const answer = await post(`${url}other`, '{"update_id":1}');
    expect([answer.status, await answer.text()]).toEqual([404, '']);
  });

  it('is not read without the secret', async () => {
    const { server } = await serve();
    const socket = connect(server.port, HOST);
    // The body that is promised never comes.
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 900000\r\n\r\n{');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /);
    socket.destroy();
  });
});

describe('a body', () => {
  it.each(['', '{', 'hello', '{"update_id":1'])('that is no JSON is refused: %j', async (body) => {
    const { url, taken } = await serve();
    expect((await post(url, body)).status).toBe(400);
    expect(taken).toEqual([]);
  });

  it('may hold 1 MB, and no more', async () => {
    const { url, taken } = await serve();
    const sized = (bytes: number) => JSON.stringify({ x: 'x'.repeat(bytes - 8) });
    expect((await post(url, sized(1_000_000))).status).toBe(200);
    expect((await post(url, sized(1_000_001))).status).toBe(413);
    const stream = new Blob([sized(1_000_001)]).stream();
    const headers = { 'x-telegram-bot-api-secret-token': SECRET };
    const chunked = { method: 'POST', body: stream, headers, duplex: 'half' } as const;
    expect((await fetch(url, chunked)).status).toBe(413);
    expect(taken).toHaveLength(1);
  });

  it('that is anything else is handed on: it cannot hold up what follows', async () => {
    const { url, taken } = await serve();
    expect((await post(url, 'null')).status).toBe(200);
    expect((await post(url, '[]')).status).toBe(200);
    expect(taken).toHaveLength(2);
  });

  it('that breaks off is nobody’s trouble', async () => {
    const { url, server, taken } = await serve();
    const socket = connect(server.port, HOST);
    socket.write(
      `POST / HTTP/1.1\r\nhost: x\r\nx-telegram-bot-api-secret-token: ${SECRET}\r\ncontent-length: 99\r\n\r\n{`,
      () => socket.destroy(),
    );
    await once(socket, 'close');
    expect((await post(url, '{"update_id":1}')).status).toBe(200);
    expect(taken).toHaveLength(1);
  });
});

describe('at its end', () => {
  it('answers what is being taken, and nothing after it', async () => {
    const { promise: mayTake, resolve: take } = Promise.withResolvers<void>();
    const { promise: handling, resolve: begins } = Promise.withResolvers<void>();
    const { url, server } = await serve(() => {
      begins();
      return mayTake;
    });
    const answer = post(url, '{"update_id":1}');
    await handling;
    const closed = Promise.all([server.close(), server.close()]);
    await expect(post(url, '{"update_id":2}')).rejects.toThrow();
    take();
    expect((await answer).status).toBe(200);
    await closed;
  });
});

describe('what is set wrong is said', () => {
  const logger = logBook().logger;

  it.each(['', 'with space', 'ümlaut', 'x'.repeat(257)])('a secret like %j', async (secret) => {
    const listening = { host: HOST, port: 0, secret, logger };
    await expect(serveWebhook(async () => {}, listening)).rejects.toMatchObject({ code: 'bad_config' });
    const registration = { url: 'http://127.0.0.1/', secret };
    await expect(registerWebhook(api, registration)).rejects.toMatchObject({ code: 'bad_config' });
    expect(telegram.requests()).toHaveLength(0);
  });

  it('a port that is in use', async () => {
    const { server } = await serve();
    const listening = { host: HOST, port: server.port, secret: SECRET, logger };
    await expect(serveWebhook(async () => {}, listening)).rejects.toMatchObject({
      code: 'bad_config',
      hint: expect.stringContaining('telegram.webhook.port'),
    });
  });

  it('an address that Telegram does not take', async () => {
    await expect(registerWebhook(api, { url: 'ftp://x', secret: SECRET })).rejects.toMatchObject({
      code: 'bad_config',
      retryable: false,
      hint: expect.stringContaining('telegram.webhook.url'),
    });
  });

  it('a token that is not valid', async () => {
    telegram.revoke();
    await expect(registerWebhook(api, { url: 'http://x/', secret: SECRET })).rejects.toMatchObject({
      code: 'bad_config',
      hint: expect.stringContaining('Unauthorized'),
    });
  });

  it('that Telegram is away, which may pass', async () => {
    await telegram.goAway();
    const failure = await registerWebhook(api, { url: 'http://x/', secret: SECRET }).catch((error) => error);
    expect(failure).toMatchObject({ code: 'unreachable', retryable: true });
    expect(failure.cause).toBeUndefined();
  });
});

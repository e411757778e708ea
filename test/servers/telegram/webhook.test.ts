import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readBody } from './body.ts';
import { openTelegram, refusal } from './open-telegram.ts';

type Posted = {
  readonly text: string;
  readonly secret: string | string[] | undefined;
  answer(status: number): void;
};

/** A bot's own server: every update waits until the test answers it. */
async function openHook() {
  const posted: Posted[] = [];
  let arrived = Promise.withResolvers<void>();
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.parse(String(await readBody(request))) as { message: { text: string } };
    posted.push({
      text: body.message.text,
      secret: request.headers['x-telegram-bot-api-secret-token'],
      answer: (status) => void response.writeHead(status).end(),
    });
    arrived.resolve();
    arrived = Promise.withResolvers();
  };
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  /** The update at that place, once it is there. */
  const nth = async (place: number): Promise<Posted> => {
    for (;;) {
      const found = posted[place];
      if (found) return found;
      await arrived.promise;
    }
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, posted, nth };
}

test('updates are posted with the secret, one after the other in a chat, and again after a failure', async () => {
  const { telegram, api } = await openTelegram();
  const hook = await openHook();
  const ada = telegram.person({ name: 'Ada' });
  const chat = ada.directChat();
  ada.send(chat, 'a');
  ada.send(chat, 'b');
  await api.setWebhook(hook.url, { secret_token: 'a-secret', max_connections: 2 });
  const first = await hook.nth(0);
  expect(first).toMatchObject({ text: 'a', secret: 'a-secret' });
  expect(hook.posted).toHaveLength(1);
  first.answer(500);
  const again = await hook.nth(1);
  expect(again.text).toBe('a');
  expect(await api.getWebhookInfo()).toMatchObject({
    url: hook.url,
    pending_update_count: 2,
    max_connections: 2,
    last_error_message: 'Wrong response from the webhook: 500',
  });
  again.answer(302);
  const third = await hook.nth(2);
  expect(third.text).toBe('a');
  const confirmed = telegram.when('confirmed');
  third.answer(204);
  await confirmed;
  (await hook.nth(3)).answer(200);
  await telegram.until(() => telegram.unconfirmed().length === 0);
  expect(hook.posted.map(({ text }) => text)).toEqual(['a', 'a', 'a', 'b']);
});

test('chats are served beside each other, as far as there are connections', async () => {
  const { telegram, api } = await openTelegram();
  const hook = await openHook();
  await api.setWebhook(hook.url, { max_connections: 2 });
  for (const name of ['a', 'b', 'c']) {
    const person = telegram.person({ name });
    person.send(person.directChat(), name);
  }
  const one = await hook.nth(0);
  await hook.nth(1);
  expect(hook.posted).toHaveLength(2);
  const confirmed = telegram.when('confirmed');
  one.answer(200);
  await confirmed;
  expect((await hook.nth(2)).text).toBe('c');
});

test('polls and webhooks exclude each other', async () => {
  const { telegram, api } = await openTelegram();
  const hook = await openHook();
  const held = telegram.when('poll-held');
  const poll = refusal(api.getUpdates({ timeout: 50 }));
  await held;
  await api.setWebhook(hook.url);
  expect(await poll).toBe('Conflict: terminated by setWebhook request');
  expect(await refusal(api.getUpdates())).toBe(
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  );
  const ada = telegram.person({ name: 'Ada' });
  ada.send(ada.directChat(), 'a');
  await hook.nth(0);
  await api.deleteWebhook();
  expect(await api.getUpdates()).toHaveLength(1);
  await api.deleteWebhook({ drop_pending_updates: true });
  expect(await api.getUpdates()).toEqual([]);
  expect(await api.getWebhookInfo()).toMatchObject({ url: '', pending_update_count: 0 });
});

test('a webhook that is no address or has a bad secret is refused', async () => {
  const { api } = await openTelegram();
  expect(await refusal(api.setWebhook('nowhere'))).toBe(
    'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
  );
  const bad = api.setWebhook('http://127.0.0.1:1/', { secret_token: 'a b' });
  expect(await refusal(bad)).toBe('Bad Request: secret token contains unallowed characters');
});

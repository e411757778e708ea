import { describe, expect, test } from 'vitest';
import { callPlainly, openTelegram, refusal } from './telegram/open-telegram.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };

describe('the wire', () => {
  test('takes JSON, forms, multipart and queries, whatever the case of the method', async () => {
    const { telegram } = await openTelegram();
    const chat = telegram.person({ name: 'Ada' }).directChat();
    const form = new FormData();
    form.set('chat_id', String(chat.id));
    form.set('text', 'multipart');
    form.set('reply_markup', JSON.stringify({ inline_keyboard: [[{ text: 'a', callback_data: 'b' }]] }));
    const asJson = JSON.stringify({ chat_id: chat.id, text: 'json' });
    await callPlainly(telegram, 'SENDMESSAGE', { method: 'POST', headers: JSON_HEADERS, body: asJson });
    await callPlainly(telegram, 'sendmessage', {
      method: 'POST',
      body: new URLSearchParams({ chat_id: String(chat.id), text: 'form', disable_notification: 'true' }),
    });
    await callPlainly(telegram, 'sendMessage', { method: 'POST', body: form });
    await callPlainly(telegram, `sendMessage?chat_id=${chat.id}&text=query`);
    expect(chat.messages()).toMatchObject([
      { text: 'json' },
      { text: 'form', silent: true },
      { text: 'multipart', buttons: [[{ data: 'b' }]] },
      { text: 'query' },
    ]);
    expect(telegram.requests({ method: 'sendMessage', chat: chat.id })).toHaveLength(4);
  });

  test.each([
    ['bot1000:nobody/getMe', 200, undefined],
    ['bot1000:somebody/getMe', 401, 'Unauthorized'],
    ['bot1000/getMe', 404, 'Not Found'],
    ['getMe', 404, 'Not Found'],
    ['bot1000:nobody/getNothing', 404, 'Not Found: method not found'],
    ['bot1000:nobody/sendMessage', 400, 'Bad Request: chat_id is empty'],
    ['bot1000:nobody/sendMessage?chat_id=1', 400, 'Bad Request: chat not found'],
  ])('%s is answered with %i', async (path, status, description) => {
    const { telegram } = await openTelegram();
    const response = await fetch(`${telegram.url}/${path}`);
    const body = (await response.json()) as Record<string, unknown>;
    expect(response.status).toBe(status);
    expect(body).toMatchObject(
      description === undefined ? { ok: true } : { ok: false, error_code: status, description },
    );
  });

  test('broken JSON and other bodies are refused', async () => {
    const { telegram } = await openTelegram();
    const broken = { method: 'POST', headers: JSON_HEADERS, body: '{' };
    expect(await callPlainly(telegram, 'getMe', broken)).toMatchObject({ status: 400 });
    const text = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' };
    expect(await callPlainly(telegram, 'getMe', text)).toMatchObject({ status: 415 });
  });

  test('a revoked token ends the held poll and all that follows', async () => {
    const { telegram, api } = await openTelegram();
    const held = telegram.when('poll-held');
    const poll = refusal(api.getUpdates({ timeout: 50 }));
    await held;
    telegram.revoke();
    expect(await poll).toBe('Unauthorized');
    expect(await refusal(api.getMe())).toBe('Unauthorized');
  });

  test('files that people sent can be downloaded', async () => {
    const { telegram, api } = await openTelegram();
    const ada = telegram.person({ name: 'Ada' });
    const photo = new Uint8Array([1, 2, 3]);
    const message = ada.send(ada.directChat(), 'look', { photo });
    expect(message.wire).toMatchObject({
      caption: 'look',
      photo: [{ width: 90 }, { width: 1280, file_size: 3 }],
    });
    expect(message.wire).not.toHaveProperty('text');
    const sizes = message.wire.photo as { file_id: string }[];
    const { file_path } = await api.getFile(sizes[1]?.file_id ?? '');
    const url = `${telegram.url}/file/bot${telegram.token}/${file_path}`;
    expect(await (await fetch(url)).bytes()).toEqual(photo);
    expect((await fetch(`${url}x`)).status).toBe(404);
    expect((await fetch(url.replace('nobody', 'x'))).status).toBe(401);
    expect(await refusal(api.getFile('nothing'))).toBe('Bad Request: invalid file_id');
    const document = { name: 'big.txt', mimeType: 'text/plain', bytes: new Uint8Array(20 * 1024 ** 2 + 1) };
    const big = ada.send(ada.directChat(), '', { document }).wire.document as { file_id: string };
    expect(await refusal(api.getFile(big.file_id))).toBe('Bad Request: file is too big');
  });
});

test('a hundred requests at once are a hundred messages', async () => {
  const { telegram, api } = await openTelegram();
  const chat = telegram.person({ name: 'Ada' }).directChat();
  const sent = await Promise.all(
    Array.from({ length: 100 }, (_, place) => api.sendMessage(chat.id, `${place}`)),
  );
  expect(new Set(sent.map(({ message_id }) => message_id)).size).toBe(100);
  expect(chat.messages()).toHaveLength(100);
});

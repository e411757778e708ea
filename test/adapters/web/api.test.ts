import { expect, test } from 'vitest';
import { OstlerError } from '../../../src/errors.ts';
import { bodyOf, send, startWeb } from './start.ts';

const hello = { id: 'm1', text: 'Hello' };

test('a message is taken once, and its repetition is recognised', async () => {
  const { url, fake } = await startWeb({ now: () => 1234 });
  const first = await send(`${url}/api/chats/home/messages`, hello);
  const second = await send(`${url}/api/chats/home/messages`, hello);
  const job = await fake.job(0);
  expect([first.status, await first.json()]).toEqual([202, { kind: 'taken', job }]);
  expect([second.status, await second.json()]).toEqual([200, { kind: 'duplicate', job }]);
  expect(fake.received[0]).toEqual({
    id: 'm1',
    address: { platform: 'web', chat: 'home' },
    person: { id: 'web' },
    kind: 'direct',
    text: 'Hello',
    images: [],
    sentAt: 1234,
  });
});

test('a message carries its model, its thread and its pictures', async () => {
  const { url, fake } = await startWeb();
  const images = [{ mediaType: 'image/png', data: Buffer.from('pixels').toString('base64') }];
  const body = { ...hello, images, model: 'fast', standalone: true, thread: 't1' };
  expect((await send(`${url}/api/chats/home/messages`, body)).status).toBe(202);
  expect(fake.received[0]).toMatchObject({
    address: { platform: 'web', chat: 'home', thread: 't1' },
    model: 'fast',
    standalone: true,
    images: [{ mediaType: 'image/png', sizeBytes: 6 }],
  });
  expect(Buffer.from(fake.kept[0]?.bytes ?? []).toString()).toBe('pixels');
});

const badMessages: readonly [string, unknown, RegExp][] = [
  ['no id', { text: 'Hello' }, /id/],
  ['an id that is too long', { id: 'x'.repeat(201), text: 'Hello' }, /id/],
  ['no text and no picture', { id: 'm', text: '  ' }, /write something/],
  ['a text that is too long', { id: 'm', text: 'x'.repeat(200_001) }, /200000 characters/],
  ['an unknown field', { ...hello, colour: 'red' }, /colour/],
  ['a thread with a slash', { ...hello, thread: '../x' }, /thread/],
  [
    'a picture that is not base64',
    { ...hello, images: [{ mediaType: 'image/png', data: '%%%%' }] },
    /picture/,
  ],
  ['a file that is no picture', { ...hello, images: [{ mediaType: 'text/html', data: 'aGk=' }] }, /pictures/],
  ['the terminal, from the page', { ...hello, platform: 'terminal' }, /platform/],
];

test.each(badMessages)('%s is refused and says what is wrong', async (_name, body, words) => {
  const { url, fake } = await startWeb();
  const reply = await send(`${url}/api/chats/home/messages`, body);
  const { error } = await bodyOf(reply);
  expect(reply.status).toBe(400);
  expect(error.code).toBe('bad_input');
  expect(error.message).toMatch(words);
  expect(fake.received).toEqual([]);
});

test.each(['a.b', 'x'.repeat(65), '%20'])('a chat named %s is refused', async (chat) => {
  const { url } = await startWeb();
  expect((await send(`${url}/api/chats/${chat}/messages`, hello)).status).toBe(400);
});

test('a body that is too large, not JSON or of another type is refused', async () => {
  const { url, fake } = await startWeb({ maxBodyBytes: 1000 });
  const path = `${url}/api/chats/home/messages`;
  const large = await send(path, { ...hello, text: 'x'.repeat(2000) });
  expect([large.status, (await bodyOf(large)).error.hint]).toEqual([
    413,
    expect.stringContaining('files.max_mb'),
  ]);
  const chunks = new Blob([JSON.stringify({ ...hello, text: 'x'.repeat(2000) })]).stream();
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', body: chunks, headers, duplex: 'half' } as RequestInit;
  expect((await fetch(path, init)).status).toBe(413);
  const broken = await fetch(path, { method: 'POST', body: '{"id":', headers });
  expect([broken.status, (await bodyOf(broken)).error.code]).toEqual([400, 'bad_input']);
  const form = await fetch(path, { method: 'POST', body: JSON.stringify(hello) });
  expect([form.status, (await bodyOf(form)).error.hint]).toEqual([
    415,
    expect.stringContaining('application/json'),
  ]);
  expect(fake.received).toEqual([]);
});

test('what the house refuses keeps its code, its words and gets a status', async () => {
  const { url, fake, errors } = await startWeb();
  const failure = { code: 'storage', message: 'The disk is full.', hint: 'Make room.' } as const;
  fake.refuseNext(failure);
  const refused = await send(`${url}/api/chats/home/messages`, hello);
  expect([refused.status, await refused.json()]).toEqual([503, { error: failure }]);
  fake.refuseNext(new OstlerError('Shutting down.', { code: 'stopping' }));
  const thrown = await send(`${url}/api/chats/home/messages`, hello);
  expect([thrown.status, await thrown.json()]).toEqual([
    503,
    { error: { code: 'stopping', message: 'Shutting down.' } },
  ]);
  expect(errors).toEqual([]);
});

test('the unexpected is logged and never shown', async () => {
  const { url, fake, errors } = await startWeb();
  const surprise = new Error('secret detail');
  fake.refuseNext(surprise);
  const reply = await send(`${url}/api/chats/home/messages`, hello);
  expect(reply.status).toBe(500);
  expect(await reply.text()).not.toMatch(/secret|\.ts/);
  expect(errors).toEqual([surprise]);
});

test('stop ends one question or all of the chat', async () => {
  const { url } = await startWeb();
  const ask = async (id: string) => bodyOf(await send(`${url}/api/chats/home/messages`, { id, text: id }));
  const { job } = await ask('a');
  await ask('b');
  await ask('c');
  expect(await (await send(`${url}/api/chats/home/stop`, { job })).json()).toEqual({ stopped: 1 });
  expect(await (await send(`${url}/api/chats/home/stop`, {})).json()).toEqual({ stopped: 2 });
});

test('a chat chooses its model, and lets the rules decide again', async () => {
  const { url } = await startWeb();
  const path = `${url}/api/chats/home/model`;
  expect(await (await fetch(path)).json()).toEqual({ model: null });
  expect(await (await send(path, { model: 'fast' }, 'PUT')).json()).toEqual({ model: 'fast' });
  expect(await (await fetch(path)).json()).toEqual({ model: 'fast' });
  const unknown = await send(path, { model: 'gpt-9' }, 'PUT');
  expect([unknown.status, (await bodyOf(unknown)).error]).toEqual([
    422,
    { code: 'not_installed', message: 'gpt-9 is not installed.', hint: 'ollama pull gpt-9' },
  ]);
  await send(path, { model: null }, 'PUT');
  expect(await (await fetch(path)).json()).toEqual({ model: null });
});

test('status and a new conversation', async () => {
  const { url, fake } = await startWeb();
  const status = await bodyOf(await fetch(`${url}/api/status`));
  expect(status).toMatchObject(fake.front.status());
  expect(status).toHaveProperty('ollama.words', '0.12.1 at http://127.0.0.1:11434');
  expect(status).toHaveProperty('models.0.words', '🟢 qwen2.5:7b (code) · 4.7 GB · ready');
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${url}/api/chats/home/new`, { method: 'POST', headers })).status).toBe(200);
});

test('an unknown path is answered in the language of who asks', async () => {
  const { url } = await startWeb();
  const api = await fetch(`${url}/api/nothing`);
  expect([api.status, (await bodyOf(api)).error.code]).toEqual([404, 'not_found']);
  const page = await fetch(`${url}/nothing`);
  expect([page.status, page.headers.get('content-type')]).toEqual([
    404,
    expect.stringContaining('text/plain'),
  ]);
});

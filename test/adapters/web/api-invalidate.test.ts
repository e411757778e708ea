import { expect, test } from 'vitest';
import { OstlerError } from '../../../src/errors.ts';
import { bodyOf, send, startWeb } from './start.ts';

const PATH = '/api/cache/invalidate';

test('what was asked is handed on as a question of who calls, and it is noted', async () => {
  const { url, fake } = await startWeb();
  const data = Buffer.from('picture').toString('base64');
  const question = { text: 'What is it?', model: 'fast', standalone: true };
  const reply = await send(`${url}${PATH}`, {
    ...question,
    chat: 'home',
    thread: 'attic',
    images: [{ mediaType: 'image/png', data }],
  });
  expect([reply.status, await reply.json()]).toEqual([200, {}]);
  expect(fake.invalidated).toMatchObject([
    {
      ...question,
      address: { platform: 'web', chat: 'home', thread: 'attic' },
      person: { id: 'web' },
      kind: 'direct',
      images: [{ mediaType: 'image/png', sizeBytes: 7 }],
    },
  ]);
  expect(fake.audited).toMatchObject([{ chat: 'home', what: 'cache-invalidate', outcome: 'done' }]);
});

test('what was asked in no chat needs none', async () => {
  const { url, fake } = await startWeb();
  expect((await send(`${url}${PATH}`, { text: 'Why?' })).status).toBe(200);
  expect(fake.invalidated).toMatchObject([{ text: 'Why?', address: { chat: 'none' }, images: [] }]);
});

test.each([
  [{ text: ' ' }, /^Not understood: text: is empty/],
  [{ text: 'Why?', chat: 'a chat' }, /chat: must be 1 to 64 letters/],
  [{ text: 'Why?', cache: {} }, /cache/],
  [{ text: 'Why?', images: [{ mediaType: 'image/png', data: '%%%%' }] }, /A picture could not be read/],
  [{ text: 'Why?', platform: 'terminal' }, /platform/],
])('%j is refused', async (body, words) => {
  const { url, fake } = await startWeb();
  const reply = await send(`${url}${PATH}`, body);
  expect([reply.status, (await bodyOf(reply)).error.message]).toEqual([400, expect.stringMatching(words)]);
  expect(fake.invalidated).toEqual([]);
});

test.each(['blocked', 'stranger', 'outside'] as const)('who is %s invalidates nothing', async (standing) => {
  const { url, fake } = await startWeb();
  fake.setStanding(standing);
  expect((await send(`${url}${PATH}`, { text: 'Why?' })).status).toBe(403);
  expect([fake.invalidated, fake.audited]).toEqual([[], []]);
});

test('who asks too often is told to wait', async () => {
  const { url, fake } = await startWeb();
  fake.refuseNext(new OstlerError('That was a lot.', { code: 'limited' }));
  expect((await send(`${url}${PATH}`, { text: 'Why?' })).status).toBe(429);
  expect(fake.invalidated).toEqual([]);
});

test('the terminal invalidates over its own socket what it asked', async () => {
  const { url, fake } = await startWeb({ trusted: true });
  expect((await send(`${url}${PATH}?platform=terminal`, { text: 'Why?' })).status).toBe(200);
  expect(fake.invalidated).toMatchObject([{ address: { platform: 'terminal' }, person: { id: 'terminal' } }]);
});

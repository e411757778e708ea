import { expect, test } from 'vitest';
import { OstlerError } from '../../../src/errors.ts';
import { statsOfCache } from '../../fakes/cache-stats.ts';
import { bodyOf, send, startWeb } from './start.ts';

test('the figures of the cache are those that the house has, under their names', async () => {
  const { url, fake } = await startWeb();
  const stats = (await (await fetch(`${url}/api/cache/stats`)).json()) as object;
  expect(stats).toEqual(fake.front.cacheStats());
  for (const name of ['hits', 'misses', 'sets', 'evictions', 'errors', 'total_requests', 'hit_rate'])
    expect(stats).toHaveProperty(name, 0);
});

test.each(['owner', 'admin'] as const)(
  'an %s clears all of it, or one tier, and it is noted',
  async (role) => {
    const { url, fake } = await startWeb();
    fake.setStanding(role);
    const all = await send(`${url}/api/cache/clear`, {});
    expect([all.status, await all.json()]).toEqual([200, { complete: true }]);
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${url}/api/cache/clear`, { method: 'POST', headers })).status).toBe(200);
    expect((await send(`${url}/api/cache/clear`, { backend: 'memory' })).status).toBe(200);
    expect(fake.cleared).toEqual([undefined, undefined, 'memory']);
    const note = { chat: 'none', person: 'web', what: 'cache-clear', outcome: 'done' };
    expect(fake.audited).toEqual([note, note, { ...note, on: 'memory' }]);
  },
);

test('who is no admin of the bot clears nothing, and that is noted', async () => {
  const { url, fake } = await startWeb();
  const reply = await send(`${url}/api/cache/clear`, {});
  expect([reply.status, (await bodyOf(reply)).error]).toEqual([
    403,
    { code: 'forbidden', message: 'Only the owner and the admins of this bot may do that.' },
  ]);
  expect(fake.cleared).toEqual([]);
  expect(fake.audited).toMatchObject([{ what: 'cache-clear', outcome: 'refused' }]);
});

test.each(['blocked', 'stranger', 'outside'] as const)('who is %s clears nothing', async (standing) => {
  const { url, fake } = await startWeb();
  fake.setStanding(standing);
  expect((await send(`${url}/api/cache/clear`, {})).status).toBe(403);
  expect([fake.cleared, fake.audited]).toEqual([[], []]);
});

test('what is not there, or not understood, is refused', async () => {
  const { url, fake } = await startWeb();
  fake.setStanding('owner');
  const absent = await send(`${url}/api/cache/clear`, { backend: 'redis' });
  expect([absent.status, (await bodyOf(absent)).error]).toEqual([
    400,
    {
      code: 'bad_input',
      message: 'No answers are kept in redis here.',
      hint: 'They are kept in memory only (response_cache.l2.backend).',
    },
  ]);
  const unknown = await send(`${url}/api/cache/clear`, { backend: 'disk' });
  expect([unknown.status, (await bodyOf(unknown)).error.message]).toEqual([
    400,
    expect.stringContaining('backend'),
  ]);
  expect(fake.cleared).toEqual([]);
  expect(fake.audited).toMatchObject([{ on: 'redis', outcome: 'bad_input' }]);
});

test('a tier that cannot be reached is not said to be clear', async () => {
  const { url, fake } = await startWeb();
  fake.setStanding('owner');
  const { l1 } = statsOfCache();
  const l2 = { ...l1, backend: 'redis', state: 'down', detail: 'It refuses connections.' };
  fake.setCacheStats({ l2 });
  fake.keepSecondTier();
  const reply = await send(`${url}/api/cache/clear`, { backend: 'redis' });
  expect([reply.status, (await bodyOf(reply)).error]).toMatchObject([
    502,
    {
      code: 'unreachable',
      message: 'redis could not be cleared: it is down. Some of it may be gone.',
      hint: expect.stringMatching(/^It refuses connections\. Without a backend everything is cleared/),
    },
  ]);
  const all = await send(`${url}/api/cache/clear`, {});
  expect([all.status, await all.json()]).toEqual([
    200,
    {
      complete: false,
      words: expect.stringMatching(
        /^Nothing.*is given again, but redis could not be cleared: it is down: its texts stay/,
      ),
    },
  ]);
  expect(fake.cleared).toEqual(['redis', undefined]);
  expect(fake.audited).toMatchObject([{ on: 'redis', outcome: 'unreachable' }, { outcome: 'unreachable' }]);
});

test('one that fails although it is there is not said to be clear either', async () => {
  const { url, fake } = await startWeb();
  fake.setStanding('owner');
  fake.setCacheStats({ l2: { ...statsOfCache().l1, backend: 'redis', state: 'ready', detail: '' } });
  fake.keepSecondTier();
  const { error } = await bodyOf(await send(`${url}/api/cache/clear`, { backend: 'redis' }));
  expect(error.message).toBe('redis could not be cleared. Some of it may be gone.');
});

test('who asks too often is told to wait', async () => {
  const { url, fake } = await startWeb();
  fake.setStanding('owner');
  fake.refuseNext(new OstlerError('That was a lot.', { code: 'limited' }));
  expect((await send(`${url}/api/cache/clear`, {})).status).toBe(429);
  expect(fake.cleared).toEqual([]);
});

test('the terminal clears over its own socket, the page not in its name', async () => {
  const { url, fake } = await startWeb({ trusted: true });
  fake.setStanding('owner');
  expect((await send(`${url}/api/cache/clear?platform=terminal`, {})).status).toBe(200);
  expect(fake.audited).toMatchObject([{ person: 'terminal', outcome: 'done' }]);
  const page = await startWeb();
  page.fake.setStanding('owner');
  expect((await send(`${page.url}/api/cache/clear?platform=terminal`, {})).status).toBe(400);
  expect(page.fake.cleared).toEqual([]);
});

test('a message says what it wishes of the cache', async () => {
  const { url, fake } = await startWeb();
  const wishes = [{ read: false }, { keep: false, ttlSeconds: 1.5 }, {}];
  for (const [at, cache] of wishes.entries())
    expect(
      (await send(`${url}/api/chats/home/messages`, { id: `m${at}`, text: 'Hello', cache })).status,
    ).toBe(202);
  expect(fake.received.map(({ cache }) => cache)).toEqual(wishes);
});

test.each([
  [{ read: true }, /cache\.read/],
  [{ keep: 'no' }, /cache\.keep/],
  [{ ttlSeconds: 0 }, /cache\.ttlSeconds/],
  [{ colour: 'red' }, /colour/],
])('the wish %j is refused', async (cache, words) => {
  const { url, fake } = await startWeb();
  const reply = await send(`${url}/api/chats/home/messages`, { id: 'm', text: 'Hello', cache });
  expect([reply.status, (await bodyOf(reply)).error.message]).toEqual([400, expect.stringMatching(words)]);
  expect(fake.received).toEqual([]);
});

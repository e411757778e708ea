import { expect, test } from 'vitest';
import { rawRequest } from './raw.ts';
import { startWeb } from './start.ts';

const KEY = 'correct horse battery';
const form = { 'content-type': 'application/x-www-form-urlencoded' };

function logIn(url: string, key: string, headers: Record<string, string> = {}) {
  const body = new URLSearchParams({ key });
  return fetch(`${url}/login`, {
    method: 'POST',
    body,
    headers: { ...form, ...headers },
    redirect: 'manual',
  });
}

const withBearer = (url: string, key: string, path = '/api/status') =>
  fetch(url + path, { headers: { authorization: `Bearer ${key}` } });

test.each(['/api/status', '/api/chats/home/events', '/page/main.js', '/vendor/marked.js', '/nothing'])(
  'with a key, %s is closed to strangers',
  async (path) => {
    const { url } = await startWeb({ key: KEY });
    const reply = await fetch(url + path);
    expect(reply.status).toBe(401);
    expect(await reply.text()).toContain('asks for its key');
  },
);

test('a stranger who opens the page is asked for the key', async () => {
  const { url } = await startWeb({ key: KEY });
  const page = await fetch(url);
  expect(page.status).toBe(401);
  expect(await page.text()).toContain('<form method="post" action="/login">');
  expect((await fetch(`${url}/page/login.css`)).status).toBe(200);
});

test('the right key opens everything by cookie, and the cookie does not tell the key', async () => {
  const { url } = await startWeb({ key: KEY });
  const reply = await logIn(url, KEY);
  expect([reply.status, reply.headers.get('location')]).toEqual([303, '/']);
  const cookie = reply.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^ostler_[0-9a-f]+=[\w-]{43}; .*Path=\/; HttpOnly; SameSite=Strict$/);
  expect(decodeURIComponent(cookie)).not.toContain(KEY);
  const headers = { cookie: cookie.split(';')[0] ?? '' };
  for (const path of ['/', '/api/status', '/page/main.js']) {
    expect((await fetch(url + path, { headers })).status).toBe(200);
  }
});

test('a cookie of another key opens nothing', async () => {
  const { url } = await startWeb({ key: KEY });
  const other = await startWeb({ key: 'another' });
  const [theirs] = ((await logIn(other.url, 'another')).headers.get('set-cookie') ?? '').split(';');
  const [ours] = ((await logIn(url, KEY)).headers.get('set-cookie') ?? '').split('=');
  for (const cookie of [theirs ?? '', `${ours}=${theirs?.split('=')[1]}`]) {
    expect((await fetch(`${url}/api/status`, { headers: { cookie } })).status).toBe(401);
  }
});

test('programs send the key as Bearer, from any site and under any host', async () => {
  const { url, server } = await startWeb({ key: KEY });
  expect((await withBearer(url, KEY)).status).toBe(200);
  expect((await withBearer(url, 'wrong')).status).toBe(401);
  expect((await withBearer(url, '')).status).toBe(401);
  const headers = {
    host: 'ostler.example',
    origin: 'https://elsewhere.example',
    authorization: `Bearer ${KEY}`,
  };
  expect((await rawRequest({ port: server.port, path: '/api/status', headers })).status).toBe(200);
});

test('another site cannot use the cookie', async () => {
  const { url, server } = await startWeb({ key: KEY });
  const cookie = ((await logIn(url, KEY)).headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const host = 'ostler.example';
  const call = (headers: Record<string, string>) =>
    rawRequest({ port: server.port, path: '/api/status', headers: { host, cookie, ...headers } });
  expect((await call({ origin: 'https://ostler.example' })).status).toBe(200);
  expect((await call({ origin: 'https://elsewhere.example' })).status).toBe(403);
  expect((await call({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
});

test('another site cannot log in', async () => {
  const { url } = await startWeb({ key: KEY });
  expect((await logIn(url, KEY, { origin: 'https://elsewhere.example' })).status).toBe(403);
});

test('a link from another site shows the page to who is logged in', async () => {
  const { url } = await startWeb({ key: KEY });
  const reply = await fetch(url, { headers: { 'sec-fetch-site': 'cross-site' } });
  expect(await reply.text()).toContain('http-equiv="refresh"');
});

test('ten wrong keys in a minute close the door for the rest of it, to keys only', async () => {
  let now = 0;
  const { url } = await startWeb({ key: KEY, now: () => now });
  const cookie = ((await logIn(url, KEY)).headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  for (let tries = 0; tries < 5; tries += 1) {
    expect((await logIn(url, 'wrong')).status).toBe(401);
    expect((await withBearer(url, 'wrong')).status).toBe(401);
  }
  const closed = await logIn(url, KEY);
  expect([closed.status, closed.headers.get('retry-after')]).toEqual([429, '60']);
  expect(await closed.text()).toContain('Too many wrong keys');
  expect((await withBearer(url, KEY)).status).toBe(429);
  expect((await fetch(`${url}/api/status`, { headers: { cookie } })).status).toBe(200);
  now = 60_001;
  expect((await logIn(url, KEY)).status).toBe(303);
});

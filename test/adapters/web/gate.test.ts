import { expect, test } from 'vitest';
import { createWebApp } from '../../../adapters/web/app.ts';
import { createFakeFront } from './fake-front.ts';
import { rawRequest } from './raw.ts';
import { startWeb } from './start.ts';

const paths = ['/', '/api/status', '/page/main.js', '/vendor/marked.js', '/nothing'];
const json = { 'content-type': 'application/json' };
const message = JSON.stringify({ id: 'm', text: 'Hello' });

const hosts: readonly [string, number][] = [
  ['localhost', 200],
  ['localhost:9999', 200],
  ['127.0.0.1:80', 200],
  ['127.1.2.3', 200],
  ['[::1]:8080', 200],
  ['evil.example', 403],
  ['localhost.evil.example', 403],
  ['127.0.0.1.evil.example', 403],
  ['192.168.1.5:8080', 403],
  ['0.0.0.0', 403],
];

test.each(hosts)('without a key, the host %s is answered with %i', async (host, status) => {
  const { server } = await startWeb();
  const reply = await rawRequest({ port: server.port, path: '/api/status', headers: { host } });
  expect(reply.status).toBe(status);
});

test.each(paths)('without a key, a foreign host gets nothing at %s, and is told why', async (path) => {
  const { server } = await startWeb();
  const reply = await rawRequest({ port: server.port, path, headers: { host: 'evil.example' } });
  expect(reply.status).toBe(403);
  expect(reply.body).toContain('answers only to localhost');
  expect(reply.body).toContain('web.key');
});

const others = ['192.168.1.7', '10.0.0.1', '203.0.113.9', '::ffff:192.168.1.7', 'fe80::1', undefined];

test.each(others)(
  'without a key, whoever comes from %s is refused whatever they say',
  async (remoteAddress) => {
    const app = createWebApp(createFakeFront().front, { maxBodyBytes: 1000, onError: () => {} });
    const connection = { incoming: { socket: { remoteAddress } } };
    const reply = await app.request('/', { headers: { host: 'localhost' } }, connection);
    expect(reply.status).toBe(403);
    expect(await reply.text()).toContain('serves only the machine it runs on');
  },
);

test('without a key, who comes through a proxy is refused', async () => {
  const { server } = await startWeb();
  for (const header of ['x-forwarded-for', 'forwarded']) {
    const headers = { host: 'localhost', [header]: '203.0.113.9' };
    expect((await rawRequest({ port: server.port, path: '/', headers })).status).toBe(403);
  }
});

const origins: readonly [string, Record<string, string>, number][] = [
  ['our own page', { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }, 202],
  ['a program', {}, 202],
  ['another site', { origin: 'https://evil.example' }, 403],
  ['a page without an origin', { origin: 'null' }, 403],
  ['another port of this machine', { origin: 'http://localhost:3000' }, 403],
  ['a site that hides its origin', { 'sec-fetch-site': 'cross-site' }, 403],
  ['a neighbour that hides its origin', { 'sec-fetch-site': 'same-site' }, 403],
];

test.each(origins)('a message from %s', async (_name, from, status) => {
  const { server, fake } = await startWeb();
  const headers = { ...json, host: 'localhost:8080', ...from };
  const path = '/api/chats/home/messages';
  const reply = await rawRequest({ port: server.port, path, method: 'POST', headers, body: message });
  expect(reply.status).toBe(status);
  expect(fake.received.length).toBe(status === 202 ? 1 : 0);
});

test('another site can neither follow a conversation nor read the status', async () => {
  const { server, fake } = await startWeb();
  for (const path of ['/api/chats/home/events', '/api/status']) {
    for (const from of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const headers = { host: 'localhost', ...from };
      expect((await rawRequest({ port: server.port, path, headers })).status).toBe(403);
    }
  }
  expect(fake.openFollows()).toBe(0);
});

test("a person may follow another site's link to the page", async () => {
  const { server } = await startWeb();
  const headers = { host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect((await rawRequest({ port: server.port, path: '/', headers })).status).toBe(200);
});

test('a form of another site cannot send: only JSON is taken', async () => {
  const { server, fake } = await startWeb();
  const headers = { host: 'localhost', 'content-type': 'text/plain' };
  for (const [method, path] of [
    ['POST', 'messages'],
    ['POST', 'stop'],
    ['POST', 'new'],
    ['PUT', 'model'],
  ] as const) {
    const options = { port: server.port, path: `/api/chats/home/${path}`, method, headers };
    expect((await rawRequest({ ...options, body: message })).status).toBe(415);
  }
  expect(fake.received).toEqual([]);
});

test.each([...paths, '/api/nothing'])('%s carries the safe headers', async (path) => {
  const { url } = await startWeb();
  const { headers } = await fetch(url + path);
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
      "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});

import { expect, test } from 'vitest';
import { rawRequest } from './raw.ts';
import { startWeb } from './start.ts';

const files: readonly [string, RegExp, RegExp][] = [
  ['/', /^text\/html/, /<!doctype html>/],
  ['/page/main.js', /^text\/javascript/, /import/],
  ['/page/style.css', /^text\/css/, /color-scheme/],
  ['/page/icon.svg', /^image\/svg\+xml/, /<svg/],
  ['/vendor/marked.js', /^text\/javascript/, /marked/],
  ['/vendor/purify.js', /^text\/javascript/, /DOMPurify/],
];

test.each(files)(
  '%s is served with its type, and not again while it is the same',
  async (path, type, text) => {
    const { url } = await startWeb();
    const first = await fetch(url + path);
    expect(first.headers.get('content-type')).toMatch(type);
    expect(first.headers.get('cache-control')).toBe('no-cache');
    expect(await first.text()).toMatch(text);
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect((await fetch(url + path, { headers })).status).toBe(304);
  },
);

test.each([
  '/page/none.js',
  '/page/index.html',
  '/page/..%2fapp.ts',
  '/page/../app.ts',
  '/page/%2e%2e/app.ts',
  '/vendor/other.js',
])('%s is not served', async (path) => {
  const { server } = await startWeb();
  expect((await rawRequest({ port: server.port, path, headers: { host: 'localhost' } })).status).toBe(404);
});

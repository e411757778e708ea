import { createHash, scryptSync, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { createAttempts } from './attempts.ts';
import { remoteAddress, type WebEnv } from './env.ts';
import { refuse } from './failure.ts';
import { HEALTH_PATHS } from './health.ts';

const COOKIE_SECONDS = 180 * 24 * 3600;
const MAX_FORM_BYTES = 10_000;
const PUBLIC_PATHS: readonly string[] = ['/login', '/page/login.css', '/page/icon.svg', ...HEALTH_PATHS];

type Verdict = 'right' | 'wrong' | 'exhausted' | 'unknown';

export type Login = {
  isPublic(path: string): boolean;
  /** Whether the browser carries the cookie that a right key was answered with. */
  recognises(c: Context): boolean;
  verify(key: string, address: string | undefined): Verdict;
  turnAway(c: Context, verdict: Verdict): Response | Promise<Response>;
  readonly routes: Hono<WebEnv>;
};

/** The cookie is derived from the key, so it outlives a restart and dies with the key. */
export function createLogin(key: string, now: () => number): Login {
  const attempts = createAttempts(now);
  const token = scryptSync(key, 'ostler web cookie', 32).toString('base64url');
  // Named by the token: two Ostlers on one host share the cookies of all ports.
  const cookie = `ostler_${digest(token).toString('hex').slice(0, 12)}`;

  const login: Login = {
    isPublic: (path) => PUBLIC_PATHS.includes(path),
    recognises: (c) => isSame(getCookie(c, cookie) ?? '', token),
    verify(given, address = '') {
      if (attempts.exhausted(address)) return 'exhausted';
      if (isSame(given, key)) return 'right';
      attempts.failed(address);
      return 'wrong';
    },
    turnAway(c, verdict) {
      const message = WORDS[verdict];
      const status = verdict === 'exhausted' ? 429 : 401;
      if (verdict === 'exhausted') c.header('Retry-After', '60');
      if (c.req.path === '/' || c.req.path === '/login') {
        // A Strict cookie does not come along when another site's link leads here: ask once more ourselves.
        const again = c.req.method === 'GET' && c.req.header('sec-fetch-site') === 'cross-site';
        return c.html(again ? askAgain() : loginPage(verdict === 'unknown' ? '' : message), status);
      }
      c.header('WWW-Authenticate', 'Bearer');
      return refuse(c, status, {
        code: verdict === 'exhausted' ? 'busy' : 'unauthorized',
        message,
        hint: 'Send Authorization: Bearer with the web.key of the configuration, or log in at /login.',
      });
    },
    routes: new Hono<WebEnv>(),
  };

  login.routes.get('/login', (c) => c.html(loginPage('')));
  login.routes.post('/login', bodyLimit({ maxSize: MAX_FORM_BYTES }), async (c) => {
    const given = (await c.req.parseBody()).key;
    const verdict = login.verify(typeof given === 'string' ? given : '', remoteAddress(c));
    if (verdict !== 'right') return login.turnAway(c, verdict);
    setCookie(c, cookie, token, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: COOKIE_SECONDS,
      secure: c.req.header('x-forwarded-proto') === 'https',
    });
    return c.redirect('/', 303);
  });
  return login;
}

const WORDS: Readonly<Record<Verdict, string>> = {
  right: '',
  wrong: 'That is not the key.',
  exhausted: 'Too many wrong keys. Wait a minute, then try again.',
  unknown: 'This Ostler asks for its key.',
};

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Digests have one length, so the comparison's time says nothing about the key. */
function isSame(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function askAgain() {
  return html`<!doctype html><meta http-equiv="refresh" content="0" /><title>Ostler</title>`;
}

/** Under `no-referrer` browsers hide the origin of a form too, and ours must be seen to be let in. */
function loginPage(problem: string) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="same-origin" />
        <title>Ostler</title>
        <link rel="icon" href="/page/icon.svg" />
        <link rel="stylesheet" href="/page/login.css" />
      </head>
      <body>
        <main>
          <h1>Ostler</h1>
          <form method="post" action="/login">
            <label for="key">Key</label>
            <input id="key" name="key" type="password" autocomplete="current-password" required autofocus />
            <p role="alert">${problem}</p>
            <button>Open</button>
          </form>
          <p class="hint">It is <code>web.key</code> in the configuration of this Ostler.</p>
        </main>
      </body>
    </html>`;
}

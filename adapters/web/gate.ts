import { BlockList, isIPv6 } from 'node:net';
import type { Context, MiddlewareHandler } from 'hono';
import { remoteAddress, type WebEnv } from './env.ts';
import { isForPrograms, refuse } from './failure.ts';
import type { Login } from './login.ts';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
const USE_A_KEY = 'To be reached from elsewhere, set web.key in the configuration.';

/** Without a key only this machine is served: neither others, nor pages that trick its browser. */
export function localGate(): MiddlewareHandler<WebEnv> {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  loopback.addAddress('::1', 'ipv6');
  const fromHere = (address: string | undefined) =>
    address !== undefined && loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

  return async (c, next) => {
    const proxied = c.req.header('x-forwarded-for') ?? c.req.header('forwarded');
    if (!fromHere(remoteAddress(c)) || proxied !== undefined) {
      return forbid(c, 'This Ostler serves only the machine it runs on.', USE_A_KEY);
    }
    // A foreign name that resolves to this machine would make a foreign page same-origin with us.
    if (!LOOPBACK_HOST.test(c.req.header('host') ?? '')) {
      return forbid(c, 'This Ostler answers only to localhost, 127.0.0.1 and [::1].', USE_A_KEY);
    }
    if (isForeign(c)) return forbidForeign(c);
    return next();
  };
}

/** With a key: the Bearer header serves programs from anywhere, the cookie serves our own page. */
export function keyGate(login: Login): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const bearer = /^bearer +(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (bearer !== undefined) {
      const verdict = login.verify(bearer, remoteAddress(c));
      return verdict === 'right' ? next() : login.turnAway(c, verdict);
    }
    if (isForeign(c)) return forbidForeign(c);
    if (login.isPublic(c.req.path) || login.recognises(c)) return next();
    return login.turnAway(c, 'unknown');
  };
}

function isForeign(c: Context): boolean {
  const origin = c.req.header('origin');
  if (origin !== undefined) return !isSameHost(origin, c.req.header('host') ?? '');
  const harmless = ['GET', 'HEAD'].includes(c.req.method) && !isForPrograms(c.req.path);
  // Old browsers and programs send no Sec-Fetch-Site; a person who follows a link to the page is welcome.
  return !harmless && ['cross-site', 'same-site'].includes(c.req.header('sec-fetch-site') ?? '');
}

function isSameHost(origin: string, host: string): boolean {
  const from = URL.parse(origin);
  // The scheme is the origin's: behind a proxy that speaks TLS ours is another.
  return from !== null && from.host !== '' && from.host === URL.parse(`${from.protocol}//${host}`)?.host;
}

function forbidForeign(c: Context): Response {
  return forbid(
    c,
    'Another site may not use this Ostler.',
    'Programs send Authorization: Bearer with web.key.',
  );
}

function forbid(c: Context, message: string, hint: string): Response {
  return refuse(c, 403, { code: 'forbidden', message, hint });
}

import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { OstlerError } from '../../src/errors.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { checkSecret } from './register-webhook.ts';
import { type HandleUpdate, takeUpdate } from './take-update.ts';

const MAX_BODY_BYTES = 1_000_000;
/** Requests that are being answered finish within it. */
const CLOSE_GRACE_MS = 2_000;
const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

type Listening = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly path?: string;
  /** What setWebhook was given as `secret_token`. */
  readonly secret: string;
  readonly logger: Logger;
};

export type WebhookServer = {
  readonly port: number;
  /** Takes nothing new, lets what is being taken finish for a moment. */
  close(): Promise<void>;
};

/**
 * Takes the updates that Telegram posts (https://core.telegram.org/bots/api#setwebhook): a 2xx confirms one,
 * after anything else it comes again. Throws `bad_config` where it cannot listen.
 */
export async function serveWebhook(handle: HandleUpdate, listening: Listening): Promise<WebhookServer> {
  const { host, port, secret } = listening;
  checkSecret(secret);
  const app = createApp(handle, listening);
  // The rest of Ostler must find the globals as Node made them.
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  // Its connection would be kept for the next one.
  server.on('request', (_, response) => {
    response.once('close', () => server.listening || server.closeIdleConnections());
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw notListening(cause, host, port);
  }
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  let closed: Promise<void> | undefined;
  return {
    port: bound,
    close() {
      closed ??= close(server);
      return closed;
    },
  };
}

function createApp(handle: HandleUpdate, { path = '/', secret, logger }: Listening): Hono {
  const app = new Hono();
  app.use(path, async (c, next) => {
    if (c.req.method !== 'POST') return c.body(null, 405, { allow: 'POST' });
    return isSame(c.req.header(SECRET_HEADER) ?? '', secret) ? next() : c.body(null, 401);
  });
  // Whoever does not know the secret is read no further than this.
  app.use(path, bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => c.body(null, 413) }));
  app.post(path, async (c) => {
    let update: unknown;
    try {
      update = await c.req.json();
    } catch {
      return c.body(null, 400);
    }
    const failure = await takeUpdate(update, { handle, logger });
    if (!failure) return c.body(null, 200);
    const { code, hint } = failure;
    logger.warn({ code, hint }, 'an update cannot be taken now; it comes again');
    return c.body(null, 500);
  });
  app.notFound((c) => c.body(null, 404));
  // Such as a sender who leaves in the middle of the body.
  app.onError((error, c) => {
    logger.warn({ reason: error.message }, 'a request to the webhook failed');
    return c.body(null, 500);
  });
  return app;
}

/** Takes the same time wherever the two differ. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const overdue = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(overdue);
}

function notListening(cause: unknown, host: string, port: number): OstlerError {
  return new OstlerError(`Telegram's webhook cannot listen on ${host}, port ${port}.`, {
    code: 'bad_config',
    hint: `Set telegram.webhook.port to another one (0: any free one): ${cause instanceof Error ? cause.message : String(cause)}`,
    cause,
  });
}

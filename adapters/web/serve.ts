import { once } from 'node:events';
import type { Server } from 'node:http';
import { isIPv6 } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { OstlerError } from '../../src/errors.ts';
import type { WebEnv } from './env.ts';

const CLOSE_GRACE_MS = 2000;
const ANY_HOST = ['0.0.0.0', '::'];

export type WebServer = {
  readonly url: string;
  readonly port: number;
  /** Ends streams at once, lets requests that are being answered finish for a moment. */
  close(): Promise<void>;
};

export async function serveWeb(
  app: Hono<WebEnv>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<WebServer> {
  const { server, close } = createServer(app);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw notListening(error, host, port);
  }
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const name = ANY_HOST.includes(host) ? 'localhost' : isIPv6(host) ? `[${host}]` : host;
  return { url: `http://${name}:${bound}`, port: bound, close };
}

/** A server around the app that is not listening yet. */
export function createServer(app: Hono<WebEnv>): { readonly server: Server; close(): Promise<void> } {
  const closing = new AbortController();
  const server = createAdaptorServer({
    fetch: (request, env) => app.fetch(request, { ...env, closing: closing.signal }),
    // The rest of Ostler must find the globals as Node made them.
    overrideGlobalObjects: false,
  }) as Server;

  async function end() {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    closing.abort();
    const overdue = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    await closed;
    clearTimeout(overdue);
  }

  let ended: Promise<void> | undefined;
  return {
    server,
    close() {
      ended ??= end();
      return ended;
    },
  };
}

function notListening(error: unknown, host: string, port: number): OstlerError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const inUse = code === 'EADDRINUSE';
  const message = inUse
    ? `Port ${port} on ${host} is already in use.`
    : `Cannot listen on ${host}, port ${port}.`;
  const hint = inUse
    ? 'Set web.port to another one (0: any free one), or stop the program that uses it.'
    : `Check web.host and web.port: ${error instanceof Error ? error.message : String(error)}`;
  return new OstlerError(message, { code: 'bad_config', hint, cause: error });
}

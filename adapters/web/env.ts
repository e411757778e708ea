import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { ConnectionState } from '../../src/ports/chat.ts';

/** What the server tells the handlers beside the request. */
export type WebEnv = {
  Bindings: Partial<HttpBindings> & {
    /** Aborted when the server closes: streams end themselves. */
    readonly closing?: AbortSignal;
  };
};

export type WebOptions = {
  /** Asked of every visitor; empty: none, and only this machine is served. */
  readonly key?: string;
  /** No key, host or origin is checked: whoever can open the socket has the right. */
  readonly trusted?: boolean;
  readonly maxBodyBytes: number;
  readonly heartbeatSeconds?: number;
  /** How the fronts are that need a connection of their own, by name. */
  readonly connections?: () => Readonly<Record<string, ConnectionState>>;
  /** Told of whatever the handlers did not expect. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
};

export function remoteAddress(c: Context<WebEnv>): string | undefined {
  return c.env?.incoming?.socket.remoteAddress;
}

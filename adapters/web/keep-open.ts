import type { Context } from 'hono';
import type { StreamingApi } from 'hono/utils/stream';
import type { WebEnv, WebOptions } from './env.ts';

const HEARTBEAT_SECONDS = 15;

/** Means nothing in an event stream. */
export const SSE_BEAT = ':\n\n';

export type StreamOptions = Pick<WebOptions, 'heartbeatSeconds' | 'onError'>;

type Kept = {
  readonly c: Context<WebEnv>;
  readonly stream: StreamingApi;
  /** Means nothing to the client; written so that nobody between takes the connection for dead. */
  readonly beat: string;
};

/** Fills a stream. `signal` aborts when the client leaves or the server closes. Never throws. */
export async function keepOpen(
  { c, stream, beat }: Kept,
  { heartbeatSeconds = HEARTBEAT_SECONDS, onError }: StreamOptions,
  fill: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const left = new AbortController();
  stream.onAbort(() => left.abort());
  const signal = AbortSignal.any([left.signal, ...(c.env?.closing ? [c.env.closing] : [])]);
  const beats = setInterval(() => void stream.write(beat), heartbeatSeconds * 1_000);
  try {
    await fill(signal);
  } catch (error) {
    if (!signal.aborted) onError(error);
  } finally {
    clearInterval(beats);
  }
}

/** What is sent piece by piece is for nobody's cache, and nginx must not collect it. */
export function setStreamHeaders({ headers }: Response): Response['headers'] {
  headers.set('Cache-Control', 'no-store');
  headers.set('X-Accel-Buffering', 'no');
  return headers;
}

/** What comes until the signal aborts; whoever makes it is told that nobody takes it any more. */
export async function* untilAborted<T>(signal: AbortSignal, values?: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = values?.[Symbol.asyncIterator]();
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  try {
    for (;;) {
      const next = await Promise.race([iterator?.next(), aborted]);
      if (!next || next.done) return;
      yield next.value;
    }
  } finally {
    // It ends with what comes next, for which nobody waits.
    iterator?.return?.().catch(() => {});
  }
}

import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { ConversationEvent, Front } from '../../../src/chat/front.ts';
import type { Address } from '../../../src/chat/message.ts';
import type { WebEnv, WebOptions } from '../env.ts';
import { eventWithWords } from './words.ts';

const HEARTBEAT_SECONDS = 15;

/** Follows a conversation until the client leaves or the server closes. */
export function streamEvents(
  c: Context<WebEnv>,
  front: Front,
  address: Address,
  options: Pick<WebOptions, 'heartbeatSeconds' | 'onError'>,
): Response {
  const after = c.req.header('last-event-id') ?? c.req.query('after');
  // Nobody would read or cancel the stream of a HEAD request.
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });

  const response = streamSSE(c, async (stream) => {
    const left = new AbortController();
    stream.onAbort(() => left.abort());
    const signals = [left.signal, ...(c.env?.closing ? [c.env.closing] : [])];
    const signal = AbortSignal.any(signals);
    const beat = setInterval(
      () => void stream.write(':\n\n'),
      (options.heartbeatSeconds ?? HEARTBEAT_SECONDS) * 1000,
    );
    try {
      await stream.write(':\n\n');
      for await (const event of front.follow(address, { ...(after ? { after } : {}), signal })) {
        await stream.writeSSE(toFrame(event));
      }
    } catch (error) {
      if (!signal.aborted) options.onError(error);
    } finally {
      clearInterval(beat);
    }
  });
  response.headers.set('Connection', 'close');
  response.headers.set('Cache-Control', 'no-store');
  // Otherwise nginx would collect the events.
  response.headers.set('X-Accel-Buffering', 'no');
  return response;
}

/** Only what is kept carries an id: a client resumes after it. */
function toFrame(event: ConversationEvent) {
  const data = JSON.stringify(eventWithWords(event));
  return { event: event.type, data, ...(event.type === 'entry' && { id: event.cursor }) };
}

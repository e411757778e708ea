import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { ConversationEvent, Front } from '../../../src/chat/front.ts';
import type { Address } from '../../../src/chat/message.ts';
import type { WebEnv } from '../env.ts';
import { keepOpen, SSE_BEAT, type StreamOptions, setStreamHeaders } from '../keep-open.ts';
import { eventWithWords } from './words.ts';

/** Follows a conversation until the client leaves or the server closes. */
export function streamEvents(
  c: Context<WebEnv>,
  front: Front,
  address: Address,
  options: StreamOptions,
): Response {
  const after = c.req.header('last-event-id') ?? c.req.query('after');
  // Nobody would read or cancel the stream of a HEAD request.
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });

  const response = streamSSE(c, (stream) =>
    keepOpen({ c, stream, beat: SSE_BEAT }, options, async (signal) => {
      await stream.write(SSE_BEAT);
      for await (const event of front.follow(address, { ...(after ? { after } : {}), signal }))
        await stream.writeSSE(toFrame(event));
    }),
  );
  setStreamHeaders(response).set('Connection', 'close');
  return response;
}

/** Only what is kept carries an id: a client resumes after it. */
function toFrame(event: ConversationEvent) {
  const data = JSON.stringify(eventWithWords(event));
  return { event: event.type, data, ...(event.type === 'entry' && { id: event.cursor }) };
}

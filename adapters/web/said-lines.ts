import type { Context } from 'hono';
import { stream } from 'hono/streaming';
import type { Said } from '../../src/chat/command.ts';
import type { WebEnv } from './env.ts';
import { keepOpen, type StreamOptions, setStreamHeaders, untilAborted } from './keep-open.ts';

const LINES = 'application/x-ndjson';

/**
 * What a command says as JSON; for whoever accepts `application/x-ndjson`, in lines: what is said now, then what takes
 * its place, until the last. Empty lines mean nothing. Who leaves ends nothing of what was ordered.
 */
export function sayIt(c: Context<WebEnv>, { more, ...said }: Said, options: StreamOptions): Response {
  if (!c.req.header('accept')?.toLowerCase().includes(LINES)) return c.json(said);
  c.header('Content-Type', LINES);
  const response = stream(c, (lines) =>
    keepOpen({ c, stream: lines, beat: '\n' }, options, async (signal) => {
      await lines.writeln(JSON.stringify(said));
      for await (const next of untilAborted(signal, more)) await lines.writeln(JSON.stringify(next));
    }),
  );
  setStreamHeaders(response);
  return response;
}

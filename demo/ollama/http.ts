import type { IncomingMessage, ServerResponse } from 'node:http';
import { canceled, OllamaError } from './errors.ts';
import { DroppedConnection } from './generation.ts';

const LARGEST_BODY_BYTES = 256 * 1024 ** 2;
const JSON_TYPE = 'application/json; charset=utf-8';

/** The answer to one request. The first call decides status and headers; until then not a byte is sent. */
export type Reply = {
  /** Aborts when the client goes away before the answer is complete. */
  readonly signal: AbortSignal;
  json(status: number, value: unknown, contentType?: string): void;
  text(status: number, text: string): void;
  /** Writes a part of a stream; waits for a slow reader. Throws when the client went away. */
  write(text: string, contentType: string): Promise<void>;
  end(): void;
  begun(): boolean;
  drop(): void;
};

export function createReply(response: ServerResponse): Reply {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort(canceled());
  });
  response.on('error', () => gone.abort(canceled()));
  const send = (status: number, contentType: string, body: string) => {
    response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  };
  return {
    signal: gone.signal,
    json: (status, value, contentType = JSON_TYPE) => send(status, contentType, JSON.stringify(value)),
    text: (status, text) => send(status, 'text/plain', text),
    async write(text, contentType) {
      gone.signal.throwIfAborted();
      if (!response.headersSent) response.writeHead(200, { 'content-type': contentType });
      if (response.write(text)) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          response.off('drain', done);
          response.off('close', done);
          resolve();
        };
        response.on('drain', done);
        response.on('close', done);
      });
      gone.signal.throwIfAborted();
    },
    end: () => void response.end(),
    begun: () => response.headersSent,
    drop: () => void response.destroy(),
  };
}

/** The whole body as text; undefined where the client left in the middle. Throws a 413. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes > LARGEST_BODY_BYTES) throw new OllamaError(413, 'http: request body too large');
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof OllamaError) throw error;
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Puts an error where it belongs: a status of its own, or the last line of a stream that has begun. */
export async function replyError(
  reply: Reply,
  error: unknown,
  shape: (error: OllamaError) => { readonly value: unknown; readonly contentType?: string },
): Promise<void> {
  if (reply.signal.aborted) return;
  if (error instanceof DroppedConnection) return reply.drop();
  const known =
    error instanceof OllamaError
      ? error
      : new OllamaError(500, error instanceof Error ? error.message : String(error));
  const { value, contentType } = shape(known);
  if (!reply.begun()) return reply.json(known.status, value, contentType);
  await reply.write(`${JSON.stringify(value)}\n`, '').catch(() => undefined);
  reply.end();
}

import { EventSourceParserStream } from 'eventsource-parser/stream';
import { Agent, fetch as undiciFetch } from 'undici';
import { type Failure, OstlerError } from '../../src/errors.ts';

/** Sends one request to a running Ostler: over its control socket, or within this process. */
export type Call = (path: string, init?: CallInit) => Promise<CallResponse>;
type CallInit = {
  readonly method?: 'POST';
  readonly body?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
};
type CallResponse = {
  readonly ok: boolean;
  readonly body: ReadableStream<Uint8Array> | null;
  json(): Promise<unknown>;
};

/** The control socket of the bot that owns the data folder. */
export function socketCall(socketPath: string): { call: Call; close(): Promise<void> } {
  const agent = new Agent({ connect: { socketPath }, headersTimeout: 0, bodyTimeout: 0 });
  const call: Call = async (path, { method = 'GET', body, accept, signal } = {}) =>
    undiciFetch(`http://ostler${path}`, {
      dispatcher: agent,
      method,
      headers: headersOf(accept),
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    });
  return { call, close: () => agent.destroy() };
}

/** An Ostler within this process. */
export function inProcessCall(handle: (request: Request) => Response | Promise<Response>): Call {
  return async (path, { method = 'GET', body, accept, signal } = {}) =>
    handle(
      new Request(`http://ostler${path}`, {
        method,
        headers: headersOf(accept),
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      }),
    );
}

/** The JSON that a request is answered with. A refusal is thrown as an OstlerError. */
export async function readJson(call: Call, path: string, init?: CallInit): Promise<unknown> {
  const response = await call(path, init);
  const value = await response.json();
  if (!response.ok) throw refused(value);
  return value;
}

export function post(body: object, signal: AbortSignal | undefined): CallInit {
  return { method: 'POST', body: JSON.stringify(body), ...(signal && { signal }) };
}

/** The events of a stream, as the data of each. A refusal is thrown as an OstlerError. */
export async function* readEvents(call: Call, path: string, signal: AbortSignal): AsyncGenerator<unknown> {
  const response = await call(path, { signal });
  if (!response.ok) throw refused(await response.json());
  const frames = response.body
    ?.pipeThrough(new TextDecoderStream(), { signal })
    .pipeThrough(new EventSourceParserStream());
  for await (const { data } of frames ?? []) yield JSON.parse(data);
}

/** What a request is answered with in lines of JSON; empty lines mean nothing. A refusal is thrown as an OstlerError. */
export async function* readLines(call: Call, path: string, init: CallInit): AsyncGenerator<unknown> {
  const response = await call(path, { ...init, accept: 'application/x-ndjson' });
  if (!response.ok) throw refused(await response.json());
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body ?? []) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
  }
}

function headersOf(accept: string | undefined): Record<string, string> {
  return { 'content-type': 'application/json', ...(accept !== undefined && { accept }) };
}

function refused(value: unknown): OstlerError {
  const failure = (value as { error?: Partial<Failure> }).error;
  return new OstlerError(failure?.message ?? 'Ostler refused the request.', {
    code: failure?.code ?? 'internal',
    ...(failure?.hint !== undefined && { hint: failure.hint }),
  });
}

import { EventSourceParserStream } from 'eventsource-parser/stream';
import { Agent, fetch as undiciFetch } from 'undici';
import type { ConversationEvent, Receipt, StatusView } from '../../src/chat/front.ts';
import { type Failure, OstlerError } from '../../src/errors.ts';

/** Sends one request to a running Ostler: over its control socket, or within this process. */
export type Call = (path: string, init?: CallInit) => Promise<CallResponse>;
type CallInit = { readonly method?: 'POST'; readonly body?: string; readonly signal?: AbortSignal };
type CallResponse = {
  readonly ok: boolean;
  readonly body: ReadableStream<Uint8Array> | null;
  json(): Promise<unknown>;
};

/** The control socket of the bot that owns the data folder. */
export function socketCall(socketPath: string): { call: Call; close(): Promise<void> } {
  const agent = new Agent({ connect: { socketPath }, headersTimeout: 0, bodyTimeout: 0 });
  const call: Call = async (path, { method = 'GET', body, signal } = {}) =>
    undiciFetch(`http://ostler${path}`, {
      dispatcher: agent,
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    });
  return { call, close: () => agent.destroy() };
}

/** An Ostler within this process. */
export function inProcessCall(handle: (request: Request) => Response | Promise<Response>): Call {
  return async (path, { method = 'GET', body, signal } = {}) =>
    handle(
      new Request(`http://ostler${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      }),
    );
}

export type Outgoing = {
  readonly id: string;
  readonly text: string;
  readonly images: readonly { readonly mediaType: string; readonly data: string }[];
  readonly model?: string;
  readonly standalone: boolean;
};

/** What the terminal asks of a running Ostler. A refusal is thrown as an OstlerError. */
export type Client = {
  status(signal?: AbortSignal): Promise<StatusView>;
  send(chat: string, message: Outgoing, signal?: AbortSignal): Promise<Receipt>;
  stop(chat: string, job: string, signal?: AbortSignal): Promise<void>;
  events(chat: string, signal: AbortSignal): AsyncIterable<ConversationEvent>;
};

export function createClient(call: Call): Client {
  const at = (chat: string, what: string) => `/api/chats/${chat}/${what}?platform=terminal`;

  async function json(path: string, init?: CallInit): Promise<unknown> {
    const response = await call(path, init);
    const value = await response.json();
    if (!response.ok) throw refused(value);
    return value;
  }

  return {
    status: async (signal) => (await json('/api/status', { ...(signal && { signal }) })) as StatusView,
    send: async (chat, message, signal) =>
      (await json(at(chat, 'messages'), post({ ...message, platform: 'terminal' }, signal))) as Receipt,
    stop: async (chat, job, signal) => void (await json(at(chat, 'stop'), post({ job }, signal))),

    async *events(chat, signal) {
      const response = await call(at(chat, 'events'), { signal });
      if (!response.ok) throw refused(await response.json());
      const frames = response.body
        ?.pipeThrough(new TextDecoderStream(), { signal })
        .pipeThrough(new EventSourceParserStream());
      for await (const { data } of frames ?? []) yield JSON.parse(data) as ConversationEvent;
    },
  };
}

function post(body: object, signal: AbortSignal | undefined): CallInit {
  return { method: 'POST', body: JSON.stringify(body), ...(signal && { signal }) };
}

function refused(value: unknown): OstlerError {
  const failure = (value as { error?: Partial<Failure> }).error;
  return new OstlerError(failure?.message ?? 'Ostler refused the request.', {
    code: failure?.code ?? 'internal',
    ...(failure?.hint !== undefined && { hint: failure.hint }),
  });
}

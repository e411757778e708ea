import type { IncomingMessage, ServerResponse } from 'node:http';
import { chat, embed, generate } from './answer-routes.ts';
import type { Engine, Route } from './call.ts';
import { badRequest, OllamaError } from './errors.ts';
import type { Events, ReceivedRequest } from './events.ts';
import { parseGoJson } from './go-json.ts';
import { createReply, readBody, replyError } from './http.ts';
import { ps, remove, show, tags, version } from './model-routes.ts';
import { openAiChat, openAiError } from './openai-route.ts';
import { pull, pullError } from './pull-route.ts';

const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/': { GET: async ({ reply }) => reply.text(200, 'Ollama is running') },
  '/api/version': { GET: version, HEAD: version },
  '/api/tags': { GET: tags, HEAD: tags },
  '/api/ps': { GET: ps },
  '/api/show': { POST: show },
  '/api/chat': { POST: chat },
  '/api/generate': { POST: generate },
  '/api/embed': { POST: embed },
  '/api/pull': { POST: pull },
  '/api/delete': { DELETE: remove },
  '/v1/chat/completions': { POST: openAiChat },
};

type RequestLog = {
  /** Requests whose answer is not complete. */
  open(): number;
  all(): readonly ReceivedRequest[];
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Answers every request, and keeps the last `keep` of them. */
export function createRouter(parts: {
  readonly engine: Engine;
  readonly events: Events;
  readonly keep: number;
}) {
  const { engine, events, keep } = parts;
  const received: ReceivedRequest[] = [];
  let lastId = 0;
  let open = 0;

  const record = (request: IncomingMessage, body: unknown): Mutable<ReceivedRequest> => {
    lastId += 1;
    const entry: ReceivedRequest = {
      id: lastId,
      method: request.method ?? '',
      path: pathOf(request),
      body,
      receivedAtMs: performance.now(),
      status: undefined,
      endedAtMs: undefined,
    };
    received.push(entry);
    if (received.length > keep) received.splice(0, received.length - keep);
    return entry;
  };

  const watch = (response: ServerResponse, entry: Mutable<ReceivedRequest>): void => {
    open += 1;
    response.once('close', () => {
      open -= 1;
      entry.endedAtMs = performance.now();
      entry.status = response.headersSent ? response.statusCode : 499;
      events.emit({ type: response.writableFinished ? 'answer' : 'abort', request: entry });
    });
    events.emit({ type: 'request', request: entry });
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reply = createReply(response);
    const path = pathOf(request);
    const shape = path.startsWith('/v1/') ? openAiError : path === '/api/pull' ? pullError : plainError;
    try {
      const text = await readBody(request);
      if (text === undefined) return;
      const body = parseOnce(text);
      const entry = record(request, body.value);
      watch(response, entry);
      const methods = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
      const route = methods && Object.hasOwn(methods, entry.method) ? methods[entry.method] : undefined;
      if (!methods) return reply.text(404, '404 page not found');
      if (!route) return reply.text(405, '405 method not allowed');
      await route({ reply, arrivedAtMs: entry.receivedAtMs, body: body.read }, engine);
    } catch (error) {
      await replyError(reply, error, shape);
    }
  };

  const log: RequestLog = { open: () => open, all: () => [...received] };
  return { handle, log };
}

function plainError({ message }: OllamaError) {
  return { value: { error: message } };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?')[0] ?? '';
}

function parseOnce(text: string): { readonly value: unknown; read(): unknown } {
  try {
    const value = parseGoJson(text);
    return { value, read: () => value };
  } catch (cause) {
    const error = cause instanceof OllamaError ? cause : badRequest(String(cause));
    return {
      value: undefined,
      read: () => {
        throw error;
      },
    };
  }
}

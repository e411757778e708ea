import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer as AnswerOf, jsonAnswer, proxyError, sendAnswer } from '../wire/answer.ts';
import type { RequestLog } from '../wire/request-log.ts';
import { parseBody, readBody } from './body.ts';
import type { Method } from './call.ts';
import { TelegramError, unauthorized } from './errors.ts';
import type { Asked, Refusal } from './events.ts';
import type { FaultKind, Faults } from './faults.ts';
import type { Files } from './files.ts';
import { createParameters } from './parameters.ts';

type Door = {
  readonly token: string;
  readonly isRevoked: () => boolean;
  readonly methods: Readonly<Record<string, Method>>;
  readonly files: Files;
  readonly faults: Faults;
  readonly log: RequestLog<Asked, Refusal>;
  /** What was done is answered so much later. */
  readonly answerAfterMs: number;
};
type Answer = AnswerOf<Refusal>;

/** Answers https://core.telegram.org/bots/api#making-requests and downloads. */
export function createRouter(door: Door) {
  const { token, methods, files, faults, log, answerAfterMs } = door;
  const byName = new Map(Object.entries(methods).map(([name, method]) => [name.toLowerCase(), method]));

  const checkToken = (given: string) => {
    if (!/^[0-9]+:[A-Za-z0-9_-]+$/.test(given)) throw new TelegramError(404, 'Not Found');
    if (given !== token || door.isRevoked()) throw unauthorized();
  };

  const download = (given: string, path: string): Answer => {
    checkToken(given);
    const bytes = files.read(path);
    if (!bytes) throw new TelegramError(404, 'Not Found');
    return { status: 200, body: bytes, headers: { 'content-type': 'application/octet-stream' } };
  };

  const call = async (
    place: Place,
    values: Record<string, unknown>,
    response: ServerResponse,
  ): Promise<Answer> => {
    checkToken(place.token);
    const method = byName.get(place.name.toLowerCase());
    if (!method) throw new TelegramError(404, 'Not Found: method not found');
    const onLeft = (listener: () => void) => {
      response.once('close', listener);
      return () => void response.off('close', listener);
    };
    const result = await method({ parameters: createParameters(values), onLeft });
    return jsonAnswer(200, { ok: true, result });
  };

  const attempt = async (run: () => Answer | Promise<Answer>): Promise<Answer> => {
    try {
      return await run();
    } catch (error) {
      return toAnswer(error);
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on('error', () => {});
    const place = readPlace(request.url ?? '');
    let values: Record<string, unknown> = {};
    let refusal: Answer | undefined;
    try {
      const body = await readBody(request);
      if (!body) return;
      values = await parseBody({ query: place.query, type: request.headers['content-type'] ?? '', body });
    } catch (error) {
      refusal = toAnswer(error);
    }
    const asked = { method: place.name, parameters: values, chat: chatOf(values) };
    const entry = log.begin(asked);
    response.once('close', () => entry.end());
    const fault = faults.take(asked);
    if (fault === 'hang') return;
    if (fault === 'drop-before') return void response.destroy();
    const prepared = refusal ?? (fault === undefined ? undefined : inPlaceOf(fault));
    const run = () => {
      if (place.kind === 'file') return download(place.token, place.path);
      if (place.kind === 'bot') return call(place, values, response);
      throw new TelegramError(404, 'Not Found');
    };
    const answer = prepared ?? (await attempt(run));
    if (answerAfterMs > 0) await pause(answerAfterMs);
    sendAnswer({ response, answer, fault, entry });
  };
  return handle;
}

type Place = {
  readonly kind: 'bot' | 'file' | 'none';
  readonly token: string;
  /** The method. */
  readonly name: string;
  readonly path: string;
  readonly query: string;
};

function readPlace(url: string): Place {
  const [path = '', query = ''] = url.split('?', 2);
  const [, file, token = '', rest = ''] = /^\/(file\/)?bot([^/]*)\/(.*)$/.exec(path) ?? [];
  const decoded = safeDecode(token);
  if (decoded === undefined || path === '' || !/^\/(?:file\/)?bot[^/]*\//.test(path)) {
    return { kind: 'none', token: '', name: path, path, query };
  }
  if (file) return { kind: 'file', token: decoded, name: 'file', path: safeDecode(rest) ?? '', query };
  return { kind: 'bot', token: decoded, name: rest, path, query };
}

function safeDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function chatOf(values: Readonly<Record<string, unknown>>): number | undefined {
  const chat = Number(values.chat_id);
  return values.chat_id === undefined || Number.isNaN(chat) ? undefined : chat;
}

function toAnswer(error: unknown): Answer {
  const known =
    error instanceof TelegramError
      ? error
      : new TelegramError(500, `Internal Server Error: ${String(error)}`);
  const { status, message: description, parameters } = known;
  const value = { ok: false, error_code: status, description, ...(parameters && { parameters }) };
  return { ...jsonAnswer(status, value), refusal: { description } };
}

/** The answer that stands in the place of the true one. */
function inPlaceOf(fault: FaultKind): Answer | undefined {
  if (fault === 'not-json') return proxyError('nginx');
  if (typeof fault === 'string') return undefined;
  return toAnswer(new TelegramError(fault.status, fault.description, fault.parameters));
}

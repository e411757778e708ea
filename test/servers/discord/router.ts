import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer as AnswerOf, jsonAnswer, proxyError, sendAnswer } from '../wire/answer.ts';
import type { RequestLog } from '../wire/request-log.ts';
import { parseBody, readBody, type Upload } from './body.ts';
import { isWithStatus, type Route } from './call.ts';
import { DiscordError, refuse } from './errors.ts';
import type { Asked, Refusal } from './events.ts';
import type { FaultKind, Faults } from './faults.ts';
import type { Files } from './files.ts';
import type { Limits } from './limits.ts';
import { createPlaces, type Place } from './place.ts';

type Door = {
  readonly routes: readonly Route[];
  readonly isAuthorized: (header: string | undefined) => boolean;
  readonly files: Files;
  readonly faults: Faults;
  readonly limits: Limits;
  readonly log: RequestLog<Asked, Refusal>;
};

type Headers = Readonly<Record<string, string>>;
type Answer = AnswerOf<Refusal>;
type Read = { readonly body: unknown; readonly files: readonly Upload[] };

/** Answers https://docs.discord.com/developers/reference#http-api, and fetches of attachments. */
export function createRouter(door: Door) {
  const { isAuthorized, files, faults, limits, log } = door;
  const placeOf = createPlaces(door.routes);

  const run = (place: Place, method: string, read: Read, authorization: string | undefined): Answer => {
    const { handler, knowsPath, route, params, query } = place;
    if (!handler) throw refuse(knowsPath ? 'methodNotAllowed' : 'notFound');
    const needsBot = handler.needsBot !== false;
    if (needsBot && !isAuthorized(authorization)) throw refuse('unauthorized');
    const major = params.channel ?? params.guild ?? params.token ?? '';
    const headers = limits.spend({ method, route, major, needsBot });
    try {
      const result = handler.handle({ ...read, query, param: (name) => params[name] ?? '' });
      if (result === undefined) return { status: 204, body: new Uint8Array(), headers };
      const { status, value } = isWithStatus(result) ? result : { status: 200, value: result };
      return jsonAnswer(status, value, headers);
    } catch (error) {
      return toAnswer(error, headers);
    }
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on('error', () => {});
    const { method = 'GET', url = '/' } = request;
    const place = placeOf(method, url);
    let read: Read = { body: undefined, files: [] };
    let refusal: Answer | undefined;
    try {
      const bytes = await readBody(request);
      if (!bytes) return;
      read = await parseBody(request.headers['content-type'] ?? '', bytes);
    } catch (error) {
      refusal = toAnswer(error);
    }
    const channel = place.params.channel;
    const { path, route, query } = place;
    const asked = { method, path, route, channel, query, body: read.body };
    const entry = log.begin(asked);
    response.once('close', () => entry.end());
    const fault = faults.take(asked);
    if (fault === 'hang') return;
    if (fault === 'drop-before') return void response.destroy();
    const prepared = refusal ?? (fault === undefined ? undefined : inPlaceOf(fault));
    const make = () => download(files, place) ?? run(place, method, read, request.headers.authorization);
    const answer = prepared ?? attempt(make);
    if (fault === 'reset-after') return void response.socket?.resetAndDestroy();
    sendAnswer({ response, answer, fault, entry });
  };
}

function attempt(answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    return toAnswer(error);
  }
}

function download(files: Files, { path, query }: Place): Answer | undefined {
  if (!path.startsWith('/attachments/')) return undefined;
  const file = files.read(path, query);
  if (file) return { status: 200, body: file.bytes, headers: { 'content-type': file.type } };
  const gone = Buffer.from('This content is no longer available.');
  return { status: 404, body: gone, headers: { 'content-type': 'text/plain;charset=UTF-8' } };
}

function toAnswer(error: unknown, headers: Headers = {}): Answer {
  const known =
    error instanceof DiscordError
      ? error
      : new DiscordError([500, 0, `500: Internal Server Error ${String(error)}`]);
  const { status, code, message, fields } = known;
  const answer = jsonAnswer(status, { message, code, ...fields }, { ...headers, ...known.headers });
  return { ...answer, refusal: { code } };
}

/** The answer that stands in the place of the true one. */
function inPlaceOf(fault: FaultKind): Answer | undefined {
  if (fault === 'not-json') return proxyError('cloudflare');
  if (typeof fault === 'string') return undefined;
  return toAnswer(new DiscordError([fault.status, fault.code, fault.message]));
}

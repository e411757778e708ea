import type { Upload } from './body.ts';
import { refuse } from './errors.ts';
import { isObject, type Json } from './wire.ts';

/** One request for a route. */
export type Call = {
  /** The ids in the path, by the names in the route. */
  param(name: string): string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly files: readonly Upload[];
};

/** Returns the answer's body, or undefined for a 204. Throws a DiscordError. */
type Handler = (call: Call) => unknown;

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Such as `/channels/:channel/messages`. */
  readonly path: string;
  /** False where the token in the path is enough. */
  readonly needsBot?: boolean;
  readonly handle: Handler;
};

/** The body, where it is an object; an empty one where there is none. */
export function bodyOf({ body }: Call): Json {
  if (body === undefined) return {};
  if (!isObject(body)) throw refuse('badJson');
  return body;
}

/** An answer with another status than 200. */
export type WithStatus = { readonly status: number; readonly value: unknown };
const marked = new WeakSet<WithStatus>();

export function withStatus(status: number, value: unknown): WithStatus {
  const answer = { status, value };
  marked.add(answer);
  return answer;
}

export function isWithStatus(answer: unknown): answer is WithStatus {
  return typeof answer === 'object' && answer !== null && marked.has(answer as WithStatus);
}

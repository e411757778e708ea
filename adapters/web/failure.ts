import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ErrorCode, Failure } from '../../src/errors.ts';

/** The HTTP status of every failure: the only place where one becomes the other. */
export const STATUS_OF: Readonly<Record<ErrorCode, ContentfulStatusCode>> = {
  already_running: 409,
  bad_config: 500,
  bad_input: 400,
  busy: 503,
  cancelled: 409,
  expired: 504,
  forbidden: 403,
  insufficient_memory: 422,
  internal: 500,
  invalid_output: 502,
  limited: 429,
  load_failed: 502,
  mid_stream: 502,
  no_model: 503,
  no_vision: 422,
  not_installed: 422,
  out_of_memory: 503,
  server_error: 502,
  stalled: 504,
  stopping: 503,
  storage: 503,
  too_long: 422,
  undeliverable: 502,
  unreachable: 502,
  unsupported: 422,
};

/** What only a server can say of a request. */
type WebCode = 'unauthorized' | 'not_found';

export type WebFailure = Omit<Failure, 'code'> & { readonly code: ErrorCode | WebCode };

/** What programs ask for; everything else is for people. */
export function isForPrograms(path: string): boolean {
  return path.startsWith('/api/') || path.startsWith('/v1/');
}

/** Programs are told in JSON, people who opened an address in plain text. */
export function refuse(c: Context, status: ContentfulStatusCode, failure: WebFailure): Response {
  if (isForPrograms(c.req.path)) return c.json({ error: failure }, status);
  return c.text([failure.message, failure.hint ?? ''].join('\n').trim(), status);
}

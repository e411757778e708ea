import type { IncomingMessage } from 'node:http';
import { readUpTo } from '../wire/read-up-to.ts';
import { badRequest, TelegramError } from './errors.ts';
import { isObject } from './wire.ts';

const LARGEST_BODY_BYTES = 64 * 1024 ** 2;

/** The body of a request; undefined where the client left in the middle. Throws a 413. */
export function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return readUpTo(request, LARGEST_BODY_BYTES, () => new TelegramError(413, 'Request Entity Too Large'));
}

/** The parameters of a query and a body: JSON, urlencoded or multipart. Throws a 400. */
export async function parseBody(parts: {
  readonly query: string;
  readonly type: string;
  readonly body: Buffer;
}): Promise<Record<string, unknown>> {
  const { query, type, body } = parts;
  const values: Record<string, unknown> = Object.fromEntries(new URLSearchParams(query));
  if (body.length === 0) return values;
  const kind = type.split(';', 1)[0]?.trim().toLowerCase();
  if (kind === 'application/json') return Object.assign(values, parseJson(body));
  if (kind === 'application/x-www-form-urlencoded') {
    return Object.assign(values, Object.fromEntries(new URLSearchParams(body.toString('utf8'))));
  }
  if (kind === 'multipart/form-data') return Object.assign(values, await parseForm(type, body));
  throw new TelegramError(415, 'Unsupported Media Type');
}

function parseJson(body: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw Object.assign(badRequest("can't parse JSON object"), { cause });
  }
  if (!isObject(value)) throw badRequest("can't parse JSON object");
  return value;
}

async function parseForm(type: string, body: Buffer): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    for (const [name, value] of form) {
      values[name] = typeof value === 'string' ? value : { name: value.name, bytes: await value.bytes() };
    }
  } catch (cause) {
    throw Object.assign(badRequest("can't parse multipart form data"), { cause });
  }
  return values;
}

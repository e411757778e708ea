import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { every } from 'hono/combine';
import type { z } from 'zod';
import { OstlerError } from '../../src/errors.ts';
import { refuse } from './failure.ts';

/** Lets only bodies through that are JSON and not too large. */
export function jsonBodies(maxBodyBytes: number): MiddlewareHandler {
  return every(
    jsonOnly(),
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (c) =>
        refuse(c, 413, {
          code: 'bad_input',
          message: 'That is too large.',
          hint: 'Send fewer or smaller pictures, or raise files.max_mb in the configuration.',
        }),
    }),
  );
}

/** A form or an image of another site cannot send this type without asking first. */
function jsonOnly(): MiddlewareHandler {
  return async (c, next) => {
    const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
    if (type === 'application/json') return next();
    return refuse(c, 415, {
      code: 'bad_input',
      message: 'Only JSON is understood here.',
      hint: 'Send Content-Type: application/json.',
    });
  };
}

/** An empty body is an empty object: `POST …/new` has nothing to say. Throws `bad_input`. */
export async function readJson<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const text = await c.req.text();
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw new OstlerError('The body is not JSON.', {
      code: 'bad_input',
      hint: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
  return parse(schema, value);
}

/** Throws `bad_input`, which names every mistake. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${issue.path.join('.') || 'the request'}: ${issue.message}`,
  );
  const [first, ...others] = problems;
  const hint = others.length === 0 ? {} : { hint: `Also: ${others.join('; ')}` };
  throw new OstlerError(`Not understood: ${first}`, { code: 'bad_input', ...hint });
}

/** Throws `bad_input`. */
export function decodeBase64(data: string): Uint8Array {
  const bytes = Buffer.from(data, 'base64');
  // Buffer skips what is not base64 instead of refusing it.
  if (bytes.length !== Math.floor((data.replace(/={0,2}$/, '').length * 3) / 4)) {
    throw new OstlerError('A picture could not be read.', {
      code: 'bad_input',
      hint: 'images[].data must be base64 without a data: prefix or line breaks',
    });
  }
  return bytes;
}

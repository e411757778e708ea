import type { Context } from 'hono';
import { z } from 'zod';
import { OstlerError } from '../../src/errors.ts';

const MAX_TEXT_CHARS = 200_000;
const MAX_IMAGES = 20;
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

const name = z.string().regex(NAME, 'must be 1 to 64 letters, digits, _ or -');
const modelName = z.string().min(1).max(200);
const platforms = { page: z.literal('web'), trusted: z.enum(['web', 'terminal']) };

/** Where a message goes may stand in the address or, of a message, in its body. */
export function addressSchema(trusted: boolean) {
  return z.object({
    chat: name,
    thread: name.optional(),
    platform: (trusted ? platforms.trusted : platforms.page).default('web'),
  });
}

export const messageBody = z
  .strictObject({
    id: z.string().min(1).max(200),
    text: z.string().max(MAX_TEXT_CHARS, `may hold ${MAX_TEXT_CHARS} characters: shorten it or split it`),
    images: z
      .array(z.strictObject({ mediaType: z.string().max(100), data: z.string().min(1) }))
      .max(MAX_IMAGES)
      .default([]),
    model: modelName.optional(),
    standalone: z.boolean().optional(),
    thread: z.string().optional(),
    platform: z.string().optional(),
  })
  .refine((body) => body.text.trim() !== '' || body.images.length > 0, {
    path: ['text'],
    message: 'is empty: write something or attach a picture',
  });

export const stopBody = z.strictObject({ job: z.string().min(1).max(200).optional() });
export const emptyBody = z.strictObject({});
export const modelBody = z.strictObject({ model: modelName.nullable() });

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

/** An empty body is an empty object: `POST …/new` has nothing to say. */
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

import { z } from 'zod';
import { cacheWish } from '../cache-wish.ts';

const MAX_TEXT_CHARS = 200_000;
const MAX_IMAGES = 20;
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

const name = z.string().regex(NAME, 'must be 1 to 64 letters, digits, _ or -');
const id = z.string().min(1).max(200);
const modelName = z.string().trim().min(1).max(200);
const text = z.string().max(MAX_TEXT_CHARS, `may hold ${MAX_TEXT_CHARS} characters: shorten it or split it`);
const platforms = { page: z.literal('web'), trusted: z.enum(['web', 'terminal']) };

/** Where something goes may stand in the address or in the body. */
export function addressSchema(trusted: boolean) {
  return z.object({
    chat: name,
    thread: name.optional(),
    platform: (trusted ? platforms.trusted : platforms.page).default('web'),
  });
}

const place = { thread: z.string().optional(), platform: z.string().optional() };

const question = {
  text,
  images: z
    .array(z.strictObject({ mediaType: z.string().max(100), data: z.string().min(1) }))
    .max(MAX_IMAGES)
    .default([]),
  model: modelName.optional(),
  standalone: z.boolean().optional(),
  ...place,
};
const asksSomething = ({ text, images }: { readonly text: string; readonly images: readonly unknown[] }) =>
  text.trim() !== '' || images.length > 0;
const NOTHING = { path: ['text'], message: 'is empty: write something or attach a picture' };

export const messageBody = z
  .strictObject({
    id,
    ...question,
    cache: cacheWish.optional(),
    background: z.literal(true).optional(),
  })
  .refine(asksSomething, NOTHING);

/** Without a chat it is one that was asked in none. */
export const questionBody = z
  .strictObject({ ...question, chat: name.default('none') })
  .refine(asksSomething, NOTHING);

export const commandBody = z.strictObject({
  id,
  name: z.string().min(1).max(100),
  argument: text.default(''),
  ...place,
});
export const stopBody = z.strictObject({ job: id.optional() });
export const nothing = z.strictObject({});
export const agreeBody = z.strictObject({ job: id, choice: z.enum(['switch', 'resident']), question: id });
export const modelBody = z.strictObject({ model: modelName.nullable() });

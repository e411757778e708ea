import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { OstlerError } from '../../src/errors.ts';
import type { Outgoing } from './chat/client.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
};

/** A picture that a question names. Throws `bad_input`. */
export async function readImage(path: string): Promise<Outgoing['images'][number]> {
  const mediaType = MEDIA_TYPES[extname(path).toLowerCase()];
  if (mediaType === undefined) {
    throw new OstlerError(`${path} is not a picture that models can read.`, {
      code: 'bad_input',
      hint: `One of these is: ${Object.keys(MEDIA_TYPES).join(', ')}.`,
    });
  }
  const bytes = await readFile(path).catch((cause: unknown) => {
    const hint = cause instanceof Error ? cause.message : String(cause);
    throw new OstlerError(`${path} cannot be read.`, { code: 'bad_input', hint, cause });
  });
  return { mediaType, data: bytes.toString('base64') };
}

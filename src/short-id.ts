import { createHash } from 'node:crypto';

const CHARACTERS = 12;

/** A name for something that fits into a button; always the same, so buttons outlive a restart. */
export function shortId(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, CHARACTERS);
}

import { hash } from 'node:crypto';
import type { Turn } from '../ports/generate.ts';

/** What is longer is joined first. In bytes. */
const SCRATCH = 256 * 1024;
/** Most bytes of one UTF-16 unit in UTF-8. */
const WIDEST = 3;
const IN_PLACE_OF_A_HALF = Buffer.from('\ufffd');

/** Texts are put one behind the other here, which is faster than joining strings. Never read after its hash. */
const scratch = Buffer.allocUnsafeSlow(SCRATCH);

/**
 * SHA-256 of a text and of some turns: first who said something and how long it is, of all of them, then what each
 * said; so where one ends is part of it. Undefined where something has half a surrogate pair: UTF-8 writes the same
 * for all of those.
 */
export function hashTurns(
  before: string,
  turns: readonly Turn[],
  from: number,
  encoding: 'hex' | 'base64',
): string | undefined {
  let frames = before;
  let length = 0;
  for (let at = from; at < turns.length; at += 1) {
    const { role, content, images } = turns[at] as Turn;
    frames += `${role} ${content.length}${images ? picturesOf(images) : ''};`;
    length += content.length;
  }
  if ((length + frames.length) * WIDEST > SCRATCH) return hashJoined(frames, turns, from, encoding);
  let end = scratch.write(frames);
  for (let at = from; at < turns.length; at += 1) end += scratch.write((turns[at] as Turn).content, end);
  const bytes = scratch.subarray(0, end);
  // To look for what is written in place of a half is faster than to look for halves.
  return bytes.includes(IN_PLACE_OF_A_HALF)
    ? hashJoined(frames, turns, from, encoding)
    : hash('sha256', bytes, encoding);
}

function hashJoined(
  frames: string,
  turns: readonly Turn[],
  from: number,
  encoding: 'hex' | 'base64',
): string | undefined {
  const contents = turns.slice(from).map(({ content }) => content);
  const text = frames + contents.join('');
  return text.isWellFormed() ? hash('sha256', text, encoding) : undefined;
}

/** By the bytes that the model sees, whatever their name or address. */
function picturesOf(images: readonly string[]): string {
  return `,${images.map((image) => hash('sha256', Buffer.from(image, 'base64'))).join()}`;
}

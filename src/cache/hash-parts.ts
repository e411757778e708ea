import { hash } from 'node:crypto';

/** What is longer is joined first. In bytes. */
const SCRATCH = 256 * 1024;
/** Most bytes of one UTF-16 unit in UTF-8. */
const WIDEST = 3;

const scratch = Buffer.allocUnsafeSlow(SCRATCH);

/**
 * SHA-256 of texts one after the other, as UTF-8, without joining them. Undefined where one has half a surrogate
 * pair: UTF-8 writes the same for all of those.
 */
export function hashParts(parts: readonly string[], encoding: 'hex' | 'base64'): string | undefined {
  let length = 0;
  for (const part of parts) {
    if (!part.isWellFormed()) return undefined;
    length += part.length;
  }
  if (length * WIDEST > SCRATCH) return hash('sha256', parts.join(''), encoding);
  let end = 0;
  for (const part of parts) end += scratch.write(part, end);
  return hash('sha256', scratch.subarray(0, end), encoding);
}

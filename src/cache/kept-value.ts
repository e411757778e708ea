/** What Keyv keeps under a key. `expires`: milliseconds since 1970; none: for ever. */
export type Kept<T> = { readonly value?: T; readonly expires?: number | undefined };

/** Stands for a text that Keyv has not written for us. */
const FOREIGN = {};

/** Reads what Keyv has written of a text. Anything else comes out without a value. */
export function readKept<T>(written: string): Kept<T> {
  try {
    const kept: unknown = JSON.parse(written);
    return isKept(kept) ? (kept as Kept<T>) : FOREIGN;
  } catch {
    return FOREIGN;
  }
}

function isKept(kept: unknown): kept is Kept<string> {
  if (typeof kept !== 'object' || kept === null || !('value' in kept)) return false;
  if (typeof kept.value !== 'string') return false;
  return !('expires' in kept) || typeof kept.expires === 'number';
}

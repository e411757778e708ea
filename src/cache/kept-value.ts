import type { TierAnswer } from '../ports/cache-tier.ts';

/** What Keyv keeps under a key. `expires`: milliseconds since 1970; none: for ever. */
export type Kept<T> = { readonly value?: T; readonly expires?: number | undefined };

/** The same as Keyv hands it over. */
type Handed = { readonly value?: unknown; readonly expires?: number | null | undefined };

/** Stands for a text that was not written here. */
const FOREIGN = {};
const VERSION = 1;
const WRITTEN = new RegExp(`^\\{"v":${VERSION},"expires":(\\d+|null),"value":`);

/**
 * What Keyv keeps, as JSON. An answer is JSON already and goes in as it is: as a text within a text, reading it would
 * take three times as long.
 */
export function writeKept({ value = '', expires = null }: Handed): string {
  const text = String(value);
  return `{"v":${VERSION},"expires":${expires},"value":${text.startsWith('{') ? text : JSON.stringify(text)}}`;
}

/** Reads what `writeKept` has written. Anything else comes out without a value. */
export function readKept<T>(written: string): Kept<T> {
  const head = WRITTEN.exec(written);
  if (!head || !written.endsWith('}')) return FOREIGN;
  const value = textOf(written.slice(head[0].length, -1));
  return head[1] === 'null' ? { value: value as T } : { value: value as T, expires: Number(head[1]) };
}

/** Whether it is an answer is for whoever reads it. */
function textOf(value: string): string | undefined {
  if (value.startsWith('{')) return value;
  try {
    const text: unknown = JSON.parse(value);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** What a tier answers. `now`: milliseconds since 1970. */
export function answerOf(kept: Kept<string> | undefined, now: number): TierAnswer {
  if (!kept) return { kind: 'miss' };
  const { value, expires } = kept;
  if (value === undefined) return { kind: 'error' };
  if (expires === undefined) return { kind: 'hit', value, leftMs: undefined };
  return expires > now ? { kind: 'hit', value, leftMs: expires - now } : { kind: 'miss' };
}

/** A life as Keyv takes it, for which 0 is no expiry at all. In milliseconds. */
export function lifeOf(ttlMs: number | undefined): number | undefined {
  return ttlMs === undefined ? undefined : Math.max(1, Math.ceil(ttlMs));
}

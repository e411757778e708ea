import { nearest } from './nearest.ts';
import { maskUrl } from './secrets.ts';
import { accepts, type Shape, valuesOf } from './shape.ts';

const SHOWN_CHARACTERS = 60;
const NUMBER = /^[-+]?\d+(\.\d+)?$/;
const SPOKEN: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  true: true,
  no: false,
  off: false,
  false: false,
};

/** A value as it is spoken of in a message: `the text "3"`, `a list`. */
export function found(value: unknown): string {
  if (value === null) return 'nothing';
  if (value === '') return 'an empty text';
  if (typeof value === 'string') return `the text ${JSON.stringify(shorten(maskUrl(value)))}`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object'
    ? 'keys and values'
    : `${typeof value === 'number' ? 'the number ' : ''}${value}`;
}

/** The kind of a value that may not be shown itself. */
export function foundKind(value: unknown): string {
  return typeof value === 'number' ? 'a number' : typeof value === 'string' ? 'a text' : found(value);
}

/** What to write instead, where that can be told from what was written; `hidden`: without showing it. */
export function fixFor(value: unknown, wanted: readonly Shape[], hidden: boolean): string | undefined {
  if (typeof value === 'string') return fixForText(value, wanted, hidden);
  if (typeof value === 'number' || typeof value === 'boolean') {
    return accepts(wanted, 'string') && valuesOf(wanted).length === 0
      ? `Write ${hidden ? 'it' : `"${value}"`} in quotes.`
      : undefined;
  }
  return undefined;
}

function fixForText(text: string, wanted: readonly Shape[], hidden: boolean): string | undefined {
  if (accepts(wanted, 'number') && NUMBER.test(text)) return `Write ${hidden ? 'it' : text} without quotes.`;
  if (hidden) return undefined;
  const spoken = SPOKEN[text.toLowerCase()];
  if (accepts(wanted, 'boolean') && spoken !== undefined) return `Write ${spoken} without quotes.`;
  const near = nearest(text, valuesOf(wanted));
  if (near) return `Did you mean ${near}?`;
  return accepts(wanted, 'array') ? `Write [${JSON.stringify(shorten(text))}].` : undefined;
}

function shorten(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

import { badRequest } from './errors.ts';
import { findEntities } from './found-entities.ts';
import { parseHtml } from './html.ts';
import { nestEntities } from './nest.ts';
import { type Entity, isObject } from './wire.ts';

const MOST_ENTITIES = 100;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that Telegram takes away.
const UNWANTED = /[\0-\x09\x0b-\x1f\u2028-\u202e]/;

export type Formatted = {
  readonly text: string;
  readonly entities: readonly Entity[];
  /** The source, where it was HTML. */
  readonly html: string | undefined;
};

type Source = {
  readonly text: string;
  readonly parseMode: string | undefined;
  readonly entities: unknown;
};

/** What Telegram keeps of a text that a bot sends. Throws its 400s; the length is not checked here. */
export function formatText({ text, parseMode, entities }: Source): Formatted {
  if (!text.isWellFormed()) throw badRequest('strings must be encoded in UTF-8');
  const mode = parseMode?.toLowerCase() ?? '';
  if (mode === 'html') return { ...finish(parseHtml(text)), html: text };
  if (mode !== '' && mode !== 'none') throw badRequest('unsupported parse_mode');
  return { ...finish({ text, entities: readEntities(entities) }), html: undefined };
}

/** What Telegram keeps of a text that a person types, or of one with its entities. */
export function finish(source: Pick<Formatted, 'text' | 'entities'>): Pick<Formatted, 'text' | 'entities'> {
  const { text, entities } = trim(clean(source));
  const kept = nestEntities(entities).slice(0, MOST_ENTITIES);
  const found = findEntities(text, kept);
  return { text, entities: found.length > 0 ? nestEntities([...kept, ...found]) : kept };
}

/** Takes away carriage returns and marks of direction; other control characters become spaces. */
function clean(source: Pick<Formatted, 'text' | 'entities'>): Pick<Formatted, 'text' | 'entities'> {
  if (!UNWANTED.test(source.text)) return source;
  const moved: number[] = [];
  let text = '';
  for (const character of source.text.split('')) {
    moved.push(text.length);
    if (!UNWANTED.test(character)) text += character;
    else if (character < ' ' && character !== '\r') text += ' ';
  }
  moved.push(text.length);
  const place = (offset: number) => moved[offset] ?? text.length;
  const entities = source.entities.map((entity) => {
    const offset = place(entity.offset);
    return { ...entity, offset, length: place(entity.offset + entity.length) - offset };
  });
  return { text, entities };
}

/** White space goes at the end, and at the beginning up to the first entity; so do entities of white space only. */
function trim({ text, entities }: Pick<Formatted, 'text' | 'entities'>) {
  const end = lengthWithoutTail(text);
  const visible = entities
    .map((entity) => ({ ...entity, length: Math.min(entity.length, end - entity.offset) }))
    .filter(({ offset, length }) => length > 0 && !isBlank(text, offset, offset + length));
  const first = Math.min(end, ...visible.map(({ offset }) => offset));
  const begin = blankUntil(text, first);
  return {
    text: text.slice(begin, end),
    entities: visible.map((entity) => ({ ...entity, offset: entity.offset - begin })),
  };
}

function isBlankAt(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\n';
}

function lengthWithoutTail(text: string): number {
  let end = text.length;
  while (end > 0 && isBlankAt(text, end - 1)) end -= 1;
  return end;
}

function blankUntil(text: string, limit: number): number {
  let begin = 0;
  while (begin < limit && isBlankAt(text, begin)) begin += 1;
  return begin;
}

function isBlank(text: string, from: number, to: number): boolean {
  let at = from;
  while (at < to && isBlankAt(text, at)) at += 1;
  return at === to;
}

function readEntities(value: unknown): readonly Entity[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw badRequest("can't parse entities JSON object");
  return value.filter(isObject).flatMap((entity): Entity[] => {
    const { type, offset, length } = entity;
    if (typeof type !== 'string' || typeof offset !== 'number' || typeof length !== 'number') {
      throw badRequest('can\'t parse MessageEntity: Field "type", "offset" or "length" is missing');
    }
    return length > 0 && offset >= 0 ? [{ ...entity, type, offset, length }] : [];
  });
}

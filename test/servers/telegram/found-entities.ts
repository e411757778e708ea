import type { Entity } from './wire.ts';

const PATTERNS: readonly (readonly [string, RegExp])[] = [
  [
    'url',
    /https?:\/\/[^\s<>"]+|(?<![\w@./-])(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|io|dev|ai|me|de|app)(?![\w.@-])(?:\/[^\s<>"]*)?/gi,
  ],
  ['email', /(?<![\w.@-])[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,12}(?!\w)/gi],
  ['bot_command', /(?<![\w/@<>])\/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/])/g],
  ['mention', /(?<![\w/])@[a-zA-Z0-9_]{4,32}(?!\w)/g],
  ['hashtag', /(?<![\w#&/])#(?=[\p{L}\d_]*\p{L})[\p{L}\d_]{1,256}/gu],
];

/** What Telegram finds by itself in a text: links, commands, names. None within the `taken` ones that hold nothing. */
export function findEntities(text: string, taken: readonly Entity[]): readonly Entity[] {
  if (!/[./@#]/.test(text)) return [];
  const found: Entity[] = [];
  const free = ({ offset, length }: Entity, others: readonly Entity[]) =>
    others.every((other) => offset + length <= other.offset || other.offset + other.length <= offset);
  const closed = taken.filter(({ type }) => isClosed(type));
  for (const [type, pattern] of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const words = type === 'url' ? match[0].replace(/[.,;:!?'")\]]+$/, '') : match[0];
      const entity: Entity = { type, offset: match.index, length: words.length };
      if (free(entity, closed) && free(entity, found)) found.push(entity);
    }
  }
  return found;
}

/** Entities that hold no others of their kind, nor split. */
export function isClosed(type: string): boolean {
  return !isStyle(type) && !isQuote(type);
}

/** May be cut in pieces by others. */
export function isStyle(type: string): boolean {
  return ['bold', 'italic', 'underline', 'strikethrough', 'spoiler'].includes(type);
}

export function isQuote(type: string): boolean {
  return type === 'blockquote' || type === 'expandable_blockquote';
}

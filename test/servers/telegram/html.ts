import { decodeReference } from './html-reference.ts';
import { cannotParse, readEndTag, readStartTag, TAG_TYPES } from './html-tags.ts';
import { checkLink } from './link.ts';
import type { Entity } from './wire.ts';

/** A tag that waits for its end; `offset` is where its text begins. */
type Open = {
  readonly tag: string;
  readonly argument: string;
  readonly offset: number;
};

/** The text and entities of Telegram's HTML (https://core.telegram.org/bots/api#html-style). Throws its 400s. */
export function parseHtml(html: string): { readonly text: string; readonly entities: readonly Entity[] } {
  const entities: Entity[] = [];
  const open: Open[] = [];
  let text = '';
  let at = 0;
  while (at < html.length) {
    const next = nextSpecial(html, at);
    text += html.slice(at, next);
    at = next;
    if (at >= html.length) break;
    if (html[at] === '&') {
      const reference = decodeReference(html, at);
      text += reference.text;
      at = reference.end;
    } else if (html[at + 1] === '/') {
      const end = readEndTag(html, at, open.at(-1));
      const opened = open.pop();
      if (opened && text.length > opened.offset) addEntity(entities, opened, text);
      at = end;
    } else {
      const tag = readStartTag(html, at);
      open.push({ tag: tag.name, argument: tag.argument, offset: text.length });
      at = tag.end;
    }
  }
  const left = open.at(-1);
  if (left) throw cannotParse(`Can't find end tag corresponding to start tag "${left.tag}"`);
  if (!text.isWellFormed()) {
    throw cannotParse(
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    );
  }
  return { text, entities: entities.map(withoutCodeLanguage) };
}

function nextSpecial(html: string, from: number): number {
  let at = from;
  while (at < html.length && html[at] !== '<' && html[at] !== '&') at += 1;
  return at;
}

function addEntity(entities: Entity[], { tag, argument, offset }: Open, text: string): void {
  const length = text.length - offset;
  const last = entities.at(-1);
  const around = last && last.offset === offset && last.length === length ? last : undefined;
  const base = { type: TAG_TYPES[tag] ?? tag, offset, length };
  if (tag === 'a') {
    const url = checkLink(argument || text.slice(offset));
    if (url) entities.push({ ...base, url });
  } else if (tag === 'tg-emoji') {
    if (!/^[1-9][0-9]*$/.test(argument)) throw cannotParse('Invalid custom emoji identifier specified');
    entities.push({ ...base, custom_emoji_id: argument });
  } else if (tag === 'blockquote') {
    entities.push({ ...base, type: argument ? 'expandable_blockquote' : 'blockquote' });
  } else if (tag === 'pre' && around?.type === 'code' && around.language) {
    entities.splice(-1, 1, { ...base, language: around.language });
  } else if (tag === 'code' && around?.type === 'pre' && argument) {
    entities.splice(-1, 1, { ...around, language: argument });
  } else {
    entities.push(tag === 'code' && argument ? { ...base, language: argument } : base);
  }
}

function withoutCodeLanguage(entity: Entity): Entity {
  if (entity.type !== 'code' || entity.language === undefined) return entity;
  return { type: entity.type, offset: entity.offset, length: entity.length };
}

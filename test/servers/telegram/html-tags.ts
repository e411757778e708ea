import { badRequest } from './errors.ts';
import { decodeReference } from './html-reference.ts';

type Tag = { readonly name: string; readonly argument: string; readonly end: number };

/** The tags that there are, and the entities that they make. */
export const TAG_TYPES: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  span: 'spoiler',
  code: 'code',
  pre: 'pre',
  a: 'text_link',
  blockquote: 'blockquote',
  'tg-emoji': 'custom_emoji',
};

export function cannotParse(what: string) {
  return badRequest(`can't parse entities: ${what}`);
}

function bytesBefore(html: string, at: number): number {
  return Buffer.byteLength(html.slice(0, at));
}

function isSpace(character: string | undefined): boolean {
  return character === undefined || /[\s\0]/.test(character);
}

function skipSpaces(html: string, from: number): number {
  let at = from;
  while (at < html.length && isSpace(html[at])) at += 1;
  return at;
}

/** The start tag at `begin`, with the one attribute that means something. */
export function readStartTag(html: string, begin: number): Tag {
  const offset = () => bytesBefore(html, begin);
  const unclosed = () => cannotParse(`Unclosed start tag at byte offset ${offset()}`);
  let at = begin + 1;
  while (!isSpace(html[at]) && html[at] !== '>') at += 1;
  if (at >= html.length) throw unclosed();
  const name = html.slice(begin + 1, at).toLowerCase();
  if (!Object.hasOwn(TAG_TYPES, name)) {
    throw cannotParse(`Unsupported start tag "${name}" at byte offset ${offset()}`);
  }
  let argument = '';
  for (;;) {
    at = skipSpaces(html, at);
    if (at >= html.length) throw unclosed();
    if (html[at] === '>') break;
    const nameBegin = at;
    while (!isSpace(html[at]) && html[at] !== '=' && html[at] !== '>') at += 1;
    const attribute = html.slice(nameBegin, at);
    if (attribute === '') {
      throw cannotParse(`Empty attribute name in the tag "${name}" at byte offset ${offset()}`);
    }
    at = skipSpaces(html, at);
    if (html[at] !== '=') {
      if (at >= html.length) throw unclosed();
      if (name !== 'blockquote' || attribute !== 'expandable') {
        throw cannotParse(
          `Expected equal sign in declaration of an attribute of the tag "${name}" at byte offset ${offset()}`,
        );
      }
      argument = 'expandable';
      continue;
    }
    const value = readValue(html, skipSpaces(html, at + 1));
    at = value.end;
    if (at >= html.length) throw unclosed();
    argument = meaning(name, attribute, value.text) ?? argument;
  }
  if (name === 'span' && argument !== 'spoiler') {
    throw cannotParse(`Tag "span" must have class "tg-spoiler" at byte offset ${offset()}`);
  }
  return { name, argument, end: at + 1 };
}

function readValue(html: string, begin: number): { readonly text: string; readonly end: number } {
  const quote = html[begin];
  let at = begin;
  if (quote !== '"' && quote !== "'") {
    while (/[a-z0-9.-]/i.test(html[at] ?? '')) at += 1;
    if (!isSpace(html[at]) && html[at] !== '>') {
      throw cannotParse(`Unexpected end of name token at byte offset ${bytesBefore(html, begin)}`);
    }
    return { text: html.slice(begin, at).toLowerCase(), end: at };
  }
  let text = '';
  at += 1;
  while (at < html.length && html[at] !== quote) {
    if (html[at] === '&') {
      const reference = decodeReference(html, at);
      text += reference.text;
      at = reference.end;
    } else {
      text += html[at];
      at += 1;
    }
  }
  return { text, end: at + 1 };
}

/** The one attribute of a tag that says something; all others are read and forgotten. */
function meaning(tag: string, attribute: string, value: string): string | undefined {
  if (tag === 'a' && attribute === 'href') return value;
  if (tag === 'tg-emoji' && attribute === 'emoji-id') return value;
  if (tag === 'blockquote' && attribute === 'expandable') return 'expandable';
  if (tag === 'code' && attribute === 'class' && value.startsWith('language-')) {
    return value.slice('language-'.length);
  }
  if (tag === 'span' && attribute === 'class' && value.startsWith('tg-')) return value.slice('tg-'.length);
  return undefined;
}

/** Where the end tag at `begin` ends; it must be the one of what was opened last. */
export function readEndTag(
  html: string,
  begin: number,
  opened: { readonly tag: string } | undefined,
): number {
  const offset = () => bytesBefore(html, begin);
  if (!opened) throw cannotParse(`Unexpected end tag at byte offset ${offset()}`);
  let at = begin + 2;
  while (!isSpace(html[at]) && html[at] !== '>') at += 1;
  const name = html.slice(begin + 2, at).toLowerCase();
  at = skipSpaces(html, at);
  if (html[at] !== '>') throw cannotParse(`Unclosed end tag at byte offset ${offset()}`);
  if (name !== '' && name !== opened.tag) {
    throw cannotParse(
      `Unmatched end tag at byte offset ${offset()}, expected "</${opened.tag}>", found "</${name}>"`,
    );
  }
  return at + 1;
}

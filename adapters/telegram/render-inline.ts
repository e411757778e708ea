import type { MarkedToken, Token, Tokens } from 'marked';
import { type Run, within } from './render-runs.ts';
import { cleanText, decodeReferences, escapeHtml } from './render-text.ts';

const ALLOWED = /^(?:https?|mailto|tg):\S/i;
const BREAK = /<br[ \t]*\/?>/gi;

/** The inline formatting of a block. */
export function renderInline(tokens: readonly Token[] | undefined, tags: readonly string[]): readonly Run[] {
  return (tokens ?? []).flatMap((token) => renderToken(token as MarkedToken, tags));
}

/** HTML is shown as it was written, except for line breaks. */
export function renderMarkup(text: string, tags: readonly string[]): readonly Run[] {
  return [{ text: text.replace(BREAK, '\n').trimEnd() || '\n', tags }];
}

function renderToken(token: MarkedToken, tags: readonly string[]): readonly Run[] {
  switch (token.type) {
    case 'text':
      return token.tokens ? renderInline(token.tokens, tags) : [{ text: proseOf(token.text), tags }];
    case 'escape':
      return [{ text: token.text, tags }];
    case 'strong':
      return renderInline(token.tokens, within(tags, 'b'));
    case 'em':
      return renderInline(token.tokens, within(tags, 'i'));
    case 'del':
      return renderInline(token.tokens, within(tags, 's'));
    case 'codespan':
      return [{ text: token.text.replaceAll('\n', ' '), tags: codeTags(tags) }];
    case 'br':
      return [{ text: '\n', tags }];
    case 'html':
      return renderMarkup(token.text, tags);
    case 'link':
    case 'image':
      return renderLink(token, tags);
    case 'checkbox':
      return [];
    default:
      return [{ text: token.raw, tags }];
  }
}

/** Lines stay lines, as people write them in a chat. */
function proseOf(text: string): string {
  return decodeReferences(text.replace(/[ \t]*\n[ \t]*/g, '\n'));
}

/** Telegram allows no other formatting around code; in a link the link is worth more. */
function codeTags(tags: readonly string[]): readonly string[] {
  if (tags.some((tag) => tag.startsWith('a '))) return tags;
  return [...tags.filter((tag) => tag === 'blockquote'), 'code'];
}

function renderLink(token: Tokens.Link | Tokens.Image, tags: readonly string[]): readonly Run[] {
  const isLiteral = token.type === 'link' && token.autolink === true;
  const address = isLiteral ? token.href : decodeReferences(token.href);
  const inside = isAllowed(address) ? within(tags, `a href="${attributeOf(address)}"`) : tags;
  if (isLiteral) return [{ text: token.text, tags: inside }];
  const label = renderInline(token.tokens, inside);
  return label.some(({ text }) => text.trim() !== '') ? label : [{ text: address, tags: inside }];
}

function isAllowed(address: string): boolean {
  return ALLOWED.test(address) && URL.canParse(address);
}

function attributeOf(address: string): string {
  return escapeHtml(cleanText(address).trim().replace(/\s/g, '%20'));
}

import { Lexer, type Token, type Tokens } from 'marked';
import { renderTable } from './render-table.ts';

/** What marks formatting anywhere in a line, and what does so at its beginning. */
const MARKS = /[\\*_~`|[\]<]/g;
const LINE_MARKS = /^(\s*)(#{1,3}\s|-#\s|[-+>]\s?|\d{1,9}[.)]\s)/gm;
/** Discord knows headings of three sizes. */
const DEEP_HEADING = /^ {0,3}#{4,6}[ \t]+(.+?)[ \t]*#*[ \t]*$/;
const PICTURE = /!\[([^\]\n]*)\]\((\S+?)\)/g;
const INVISIBLE = /[^\P{Cc}\n\t]/gu;

/**
 * Markdown as Discord shows it (https://support.discord.com/hc/articles/210298617): tables become code blocks,
 * deep headings bold, pictures links. Everything else stays as it was written; never throws.
 */
export function renderMarkdown(markdown: string): string {
  const source = markdown.replace(/\r\n?/g, '\n').replace(INVISIBLE, '');
  try {
    return Lexer.lex(source, { gfm: true }).map(renderBlock).join('');
  } catch {
    // Nesting that overflows the lexer's stack is shown as it was written.
    return source;
  }
}

function renderBlock(token: Token): string {
  switch (token.type) {
    case 'table':
      return renderTable(token as Tokens.Table) + (/\n+$/.exec(token.raw)?.[0] ?? '');
    case 'code':
      return token.raw;
    case 'heading':
      return token.raw.replace(DEEP_HEADING, '**$1**');
    default:
      return token.raw.replace(PICTURE, (_, words: string, url: string) => `[${words || 'picture'}](${url})`);
  }
}

/** Text in which nothing is formatting. */
export function escapeMarkdown(text: string): string {
  return text.replace(MARKS, '\\$&').replace(LINE_MARKS, '$1\\$2');
}

import { Lexer, type Token, type Tokens } from 'marked';

const INDENT = '  ';

/** Markdown as it is read on a terminal: bullets stay, the marks of code and emphasis go. */
export function toPlainText(markdown: string): string {
  return blocks(Lexer.lex(markdown, { gfm: true }));
}

function blocks(tokens: readonly Token[]): string {
  return tokens
    .filter(({ type }) => type !== 'space' && type !== 'def')
    .map(block)
    .join('\n\n');
}

function block(token: Token): string {
  switch (token.type) {
    case 'list':
      return list(token as Tokens.List);
    case 'blockquote':
      return blocks(token.tokens ?? []);
    case 'code':
      return indent(token.text);
    case 'hr':
      return '---';
    case 'table':
      return token.raw.trimEnd();
    default:
      return inline(token);
  }
}

function list({ items, ordered, start }: Tokens.List): string {
  const bullet = (index: number) => (ordered ? `${(start || 1) + index}. ` : '- ');
  return items.map(({ tokens }, index) => bullet(index) + indent(item(tokens)).trimStart()).join('\n');
}

/** What stands in one item, closer together than paragraphs. */
function item(tokens: readonly Token[]): string {
  return tokens
    .filter(({ type }) => type !== 'space')
    .map(block)
    .join('\n');
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, INDENT);
}

function inline(token: Token): string {
  if (token.type === 'br') return '\n';
  // What a link says it leads to stays readable.
  const words = 'tokens' in token && token.tokens ? token.tokens.map(inline).join('') : wordsOf(token);
  return token.type === 'link' && token.href !== words ? `${words} (${token.href})` : words;
}

function wordsOf(token: Token): string {
  return 'text' in token ? token.text : token.raw;
}

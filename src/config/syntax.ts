import type { YAMLError } from 'yaml';

/** A YAML error in words for the author of the file; never quotes the file's values. */
export function explainSyntax(error: YAMLError, text: string): { message: string; fix?: string } {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return { message: `the key ${wordAt(text, error.pos[0])} stands here a second time`, fix: 'Keep one.' };
    case 'MULTIPLE_DOCS':
      return { message: 'a second document begins here', fix: 'Remove the line ---.' };
    case 'TAB_AS_INDENT':
      return { message: 'a tab is used to indent', fix: 'Indent with spaces.' };
    case 'TAG_RESOLVE_FAILED':
      return { message: 'a tag such as !name means nothing here and is passed over' };
    default:
      return { message: `not valid YAML: ${plain(error.message)}`, ...quoteVariable(text, error.pos[0]) };
  }
}

function plain(message: string): string {
  return message.replace(/: ".*$/s, '').replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

function wordAt(text: string, offset: number): string {
  return /^["']?([\w.$-]+)/.exec(text.slice(offset))?.[1] ?? '';
}

/** Within { } and [ ] the braces of a variable end the value. */
function quoteVariable(text: string, offset: number): { fix?: string } {
  const before = text.slice(0, offset).split('\n').at(-1);
  const line = `${before}${text.slice(offset).split('\n')[0]}`;
  return /[[{,].*\$\{/.test(line) ? { fix: `Within { } and [ ] put \${NAME} in quotes.` } : {};
}

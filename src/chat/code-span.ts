import { oneLine } from './one-line.ts';

const LONGEST = 200;

/** Foreign words within Markdown, where nothing in them is taken for formatting. */
export function codeSpan(text: string): string {
  return `\`${oneLine(text, LONGEST).replaceAll('`', "'") || '…'}\``;
}

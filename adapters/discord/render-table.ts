import type { Tokens } from 'marked';
import { drawTable } from '../../src/chat/draw-table.ts';

/** Discord has no tables: a code block. */
export function renderTable(table: Tokens.Table): string {
  return ['```', drawTable(table, textOf), '```'].join('\n');
}

/** In a code block formatting is shown as it was written, and a fence would end it. */
function textOf({ text }: Tokens.TableCell): string {
  return text.replace(/\*\*|__|`/g, '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}

import type { Tokens } from 'marked';
import { drawTable } from '../../src/chat/draw-table.ts';
import { renderInline } from './render-inline.ts';
import type { Run } from './render-runs.ts';

/** Telegram has no tables. */
export function renderTable(table: Tokens.Table): readonly Run[] {
  return [{ text: drawTable(table, textOf), tags: ['pre'] }];
}

function textOf({ tokens }: Tokens.TableCell): string {
  return renderInline(tokens, [])
    .map((run) => run.text)
    .join('');
}

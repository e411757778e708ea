import type { Tokens } from 'marked';

/** Cells that are longer stand out of their column: one of them must not widen every line. */
const MAX_COLUMN = 40;

/** A table as lines of equal width, for a font in which that shows; wide characters count as one. */
export function drawTable(
  { header, rows, align }: Tokens.Table,
  textOf: (cell: Tokens.TableCell) => string,
): string {
  const lines = [header, ...rows].map((cells) =>
    withoutEmptyEnd(cells.map((cell) => inOneLine(textOf(cell)))),
  );
  const widths = header.map((_, column) =>
    Math.min(MAX_COLUMN, Math.max(1, ...lines.map((cells) => lengthOf(cells[column] ?? '')))),
  );
  const [titles = '', ...rest] = lines.map((cells) =>
    cells.map((cell, column) => padded(cell, widths[column] ?? 0, align[column] ?? 'left')).join(' | '),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('-|-');
  return [titles, rule, ...rest].map((line) => line.trimEnd()).join('\n');
}

const inOneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** Lines of hostile tables would be longer than they were written by as much as the table is wide. */
function withoutEmptyEnd(cells: readonly string[]): readonly string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1);
}

function lengthOf(text: string): number {
  return [...text].length;
}

function padded(text: string, width: number, align: 'left' | 'center' | 'right'): string {
  const missing = Math.max(0, width - lengthOf(text));
  const before = align === 'left' ? 0 : align === 'right' ? missing : Math.floor(missing / 2);
  return ' '.repeat(before) + text + ' '.repeat(missing - before);
}

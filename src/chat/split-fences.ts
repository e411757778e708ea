/** A code fence that is open, and where it stands. */
export type Fence = {
  readonly mark: string;
  readonly info: string;
  /** The quote around it, as each of its lines begins: `> `, or nothing. */
  readonly quote: string;
  readonly column: number;
  /** The column below which a line ends the list item around it. */
  readonly floor: number;
};

/** A line without what says in which quotes and list items it stands. */
export type Line = {
  readonly quote: string;
  readonly isItem: boolean;
  readonly column: number;
  readonly rest: string;
};

const PREFIX = /^((?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))*)([ \t]*)/;
const OPENER = /^(?:(`{3,})([^`]*)|(~{3,})(.*))$/;
const CLOSER = /^(`{3,}|~{3,})\s*$/;

export function readLine(line: string): Line {
  const [prefix = '', markers = ''] = PREFIX.exec(line) ?? [];
  const depth = markers.split('>').length - 1;
  return {
    quote: '> '.repeat(depth),
    isItem: /[-*+.)]/.test(markers),
    column: prefix.replaceAll('\t', '    ').length,
    rest: line.slice(prefix.length),
  };
}

/** The fence that a line opens, in or behind a list item whose text begins at `listColumn`. */
export function openedBy(line: Line, listColumn: number): Fence | undefined {
  const { quote, isItem, column, rest } = line;
  const [, ticks, tickInfo, tildes, tildeInfo] = OPENER.exec(rest) ?? [];
  const mark = ticks ?? tildes;
  const isCodeByIndent = quote === '' && !isItem && column > listColumn + 3;
  if (mark === undefined || isCodeByIndent) return undefined;
  const info = (tickInfo ?? tildeInfo ?? '').trim();
  return { mark, info, quote, column, floor: column >= listColumn ? listColumn : 0 };
}

export function isClosedBy(fence: Fence, { quote, isItem, column, rest }: Line): boolean {
  const mark = CLOSER.exec(rest)?.[1];
  return (
    mark?.startsWith(fence.mark) === true && !isItem && quote === fence.quote && column <= fence.column + 3
  );
}

/** A line outside of the quote or list item ends what stands in it. */
export function isLeftBy(fence: Fence, { quote, column, rest }: Line): boolean {
  if (fence.quote !== '') return quote.length < fence.quote.length;
  return rest.trim() !== '' && column < fence.floor;
}

/** The line that opens the same fence again in the next part; deep in lists it needs items around it. */
export function reopening({ mark, info, quote, column }: Fence): string {
  return (quote === '' ? itemsUpTo(column) : quote) + mark + info;
}

export function closing({ mark, quote, column }: Fence): string {
  return (quote === '' ? ' '.repeat(column) : quote) + mark;
}

/** Up to three columns are plain indentation, more would be code without items around it. */
export function itemsUpTo(column: number): string {
  if (column <= 3) return ' '.repeat(column);
  return column <= 5
    ? '-'.padEnd(column)
    : `- ${itemsUpTo(column - 2)
        .trimStart()
        .padStart(column - 2)}`;
}

/** What a line that was cut needs before its second half, so that it stays in the fence. */
export function lineStart({ quote, column }: Fence): string {
  return quote === '' && column > 3 ? ' '.repeat(column) : quote;
}

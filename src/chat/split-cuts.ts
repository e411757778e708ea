import { type Fence, isClosedBy, isLeftBy, type Line, openedBy, readLine } from './split-fences.ts';
import { createInlineReader } from './split-inline.ts';

/** More is code, unless a list item stands around it. */
export const MAX_INDENT = 3;
const MAX_ITEM_COLUMN = 12;

/** What a cut separates, the best first; a `torn` one goes through formatting or through a line of code. */
export const KINDS = ['block', 'item', 'line', 'row', 'sentence', 'word', 'torn'] as const;

/** A place where Markdown may be cut: before something that is not blank. */
export type Cut = {
  readonly at: number;
  readonly kind: (typeof KINDS)[number];
  /** The code fence that is cut. */
  readonly fence: Fence | undefined;
  /** The column of a block that would be code by its indentation without the list item around it. */
  readonly itemColumn?: number;
};

/** Text with the fence that is open in each of its lines, and the places where it may be cut. */
export type Cuts = {
  readonly cuts: readonly Cut[];
  fenceAt(at: number): Fence | undefined;
};

/** A fence whose opening line is longer than this is not repeated. */
export function findCuts(text: string, maxFenceLength: number): Cuts {
  const cuts: Cut[] = [];
  const changes: { readonly at: number; readonly fence: Fence | undefined }[] = [];
  let fence: Fence | undefined;
  let inline = createInlineReader();
  let hasCode = false;
  let listColumn = 0;
  let before: 'blank' | 'heading' | 'row' | 'fence' | 'text' = 'blank';

  function setFence(at: number, next: Fence | undefined): void {
    fence = next;
    changes.push({ at, fence });
  }

  function readCode(written: string, at: number): void {
    if (written.trim() === '') return;
    if (hasCode) cuts.push({ at, kind: 'row', fence });
    hasCode = true;
    for (const { index } of written.matchAll(/(?<=\S[ \t]+)[^\s`~]/g))
      cuts.push({ at: at + index, kind: 'torn', fence });
  }

  function kindOf(written: string, { isItem, column, rest }: Line, opens: boolean): Cut['kind'] {
    if (before === 'heading' || isTableRule(written)) return 'torn';
    if (isItem) return inline.isOpen() ? 'torn' : column <= 4 ? 'item' : 'line';
    const isInItem = listColumn > 0 && column > 0;
    if (opens || isHeading(rest) || before === 'blank' || before === 'fence')
      return isInItem ? 'line' : 'block';
    if (before === 'row' && written.trimStart().startsWith('|')) return 'row';
    return inline.isOpen() ? 'torn' : 'line';
  }

  function needsItem({ quote, isItem, column }: Line): boolean {
    const isInItem = listColumn > 0 && column >= listColumn && column <= listColumn + 3;
    return isInItem && !isItem && quote === '' && column > MAX_INDENT && column <= MAX_ITEM_COLUMN;
  }

  function readProse(written: string, at: number, line: Line): void {
    if (written.trim() === '') {
      if (before !== 'heading') before = 'blank';
      inline = createInlineReader();
      return;
    }
    if (line.isItem) listColumn = line.column;
    else if (line.column === 0 && before !== 'text') listColumn = 0;
    const opened = written.length <= maxFenceLength ? openedBy(line, listColumn) : undefined;
    const kind = kindOf(written, line, opened !== undefined);
    cuts.push({ at, kind, fence: undefined, ...(needsItem(line) && { itemColumn: line.column }) });
    if (before !== 'text' || line.isItem) inline = createInlineReader();
    if (opened) {
      setFence(at + written.length + 1, opened);
      hasCode = false;
      return;
    }
    const restAt = at + written.length - line.rest.length;
    for (const cut of inline.read(line.rest, restAt)) {
      const kind = cut.isTorn ? 'torn' : cut.isSentence ? 'sentence' : 'word';
      cuts.push({ at: cut.at, kind, fence: undefined });
    }
    const isRow = written.trimStart().startsWith('|');
    before = isHeading(line.rest) || isTableRule(written) ? 'heading' : isRow ? 'row' : 'text';
  }

  let at = 0;
  for (const written of text.split('\n')) {
    const line = readLine(written);
    if (fence && isClosedBy(fence, line)) {
      setFence(at + written.length, undefined);
      before = 'fence';
    } else {
      if (fence && isLeftBy(fence, line)) {
        setFence(at, undefined);
        before = 'fence';
      }
      if (fence) readCode(written, at);
      else readProse(written, at, line);
    }
    at += written.length + 1;
  }

  return {
    cuts,
    fenceAt: (place) => changes.findLast((change) => change.at <= place)?.fence,
  };
}

function isHeading(rest: string): boolean {
  return /^#{1,6}(?:\s|$)/.test(rest);
}

function isTableRule(written: string): boolean {
  return /^[ \t]*\|[-:| \t]*-[-:| \t]*$/.test(written);
}

import { bestCut, partUpTo } from './split-choice.ts';
import { type Cut, findCuts, MAX_INDENT } from './split-cuts.ts';
import { itemsUpTo, lineStart, reopening } from './split-fences.ts';

/** An opening line of a fence that takes more of a part than this is not repeated in the next one. */
const FENCE_SHARE = 0.25;

/** `measure` is what a platform counts of Markdown, `limit` the most that it takes in one message (at least 40). */
export type SplitOptions = { readonly limit: number; readonly measure: (markdown: string) => number };

/** Splits a text that grows into Markdown for one message each, cut where it hurts least. */
export type Splitter = {
  /**
   * The parts of the whole text so far. If it does not begin with the text given before, all begins anew.
   *
   * A part that another one follows stays as it is, whatever is appended. As long as no Markdown measures
   * more than its length, such a part does not depend on the steps in which the text came either: the parts
   * of a prefix, except its last one, are parts of the text. (Tables and tabs may measure more.)
   * No part is blank; they hold all of the text but white space, and beyond it only fence lines and list marks.
   */
  parts(text: string): readonly string[];
};

/** The parts of a text that is complete. */
export function splitMarkdown(markdown: string, options: SplitOptions): readonly string[] {
  return createSplitter(options).parts(markdown);
}

export function createSplitter({ limit, measure }: SplitOptions): Splitter {
  let seen = '';
  let done: readonly string[] = [];
  let offset = 0;
  let carry = '';

  function startOver(): void {
    done = [];
    offset = 0;
    carry = '';
  }

  /** No part is longer than the limit, so that its end is decided by what stands within that length. */
  function fits(part: string): boolean {
    return part.length <= limit && measure(part) <= limit;
  }

  function cutsOf(text: string) {
    return findCuts(text, limit * FENCE_SHARE);
  }

  function asLast(rest: string): string | undefined {
    const fence = cutsOf(rest).fenceAt(rest.length);
    const closed = partUpTo(rest, { at: rest.length, fence });
    return [closed, rest].find(fits);
  }

  function firstCut(window: string): Cut {
    const found = cutsOf(window);
    const from = carry.length;
    for (let length = window.length; ; ) {
      const cut = bestCut(window, found, { from, length });
      const part = partUpTo(window, cut);
      if (fits(part) || length <= from + 1) return cut;
      const share = Math.min(0.9, limit / measure(part));
      length = Math.max(from + 1, Math.floor(from + (length - from) * share));
    }
  }

  function goOn(text: string, { at, kind, fence, itemColumn }: Cut): void {
    offset += at - carry.length;
    carry = fence ? `${reopening(fence)}\n${kind === 'torn' ? lineStart(fence) : ''}` : '';
    if (fence) return;
    const indent = /^[ \t]*/.exec(text.slice(offset, offset + limit))?.[0] ?? '';
    const kept = itemColumn !== undefined || indent.includes('\t') ? 0 : Math.min(indent.length, MAX_INDENT);
    offset += indent.length - kept;
    if (itemColumn !== undefined) carry = itemsUpTo(itemColumn);
  }

  return {
    parts(written) {
      const text = written.replace(/\r\n?/g, '\n');
      if (!text.startsWith(seen)) startOver();
      seen = text;
      if (done.length === 0) offset = /^(?:[ \t]*\n)*/.exec(text)?.[0].length ?? 0;
      for (;;) {
        const window = carry + text.slice(offset, offset + limit - carry.length);
        const isWhole = !/\S/.test(text.slice(offset + limit - carry.length));
        const rest = window.trimEnd();
        if (isWhole && rest === carry.trimEnd()) return done;
        const last = isWhole ? asLast(rest) : undefined;
        if (last !== undefined) return [...done, last];
        const cut = firstCut(isWhole ? rest : window);
        done = [...done, partUpTo(window, cut)];
        goOn(text, cut);
      }
    },
  };
}

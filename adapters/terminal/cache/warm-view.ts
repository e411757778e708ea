import type { Failure } from '../../../src/errors.ts';

type Output = { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };

/** How far it is. */
type Tally = {
  readonly questions: number;
  /** Were in the cache. */
  readonly hits: number;
  /** Were answered by a model, and that is kept. */
  readonly new: number;
  /** Were answered by a model, and that is not kept. */
  readonly unkept: number;
  readonly failed: number;
};

/** How it ended. `note`: what its person should know, in a sentence. */
type WarmResult = Tally & { readonly left: number; readonly note?: string };

export type WarmView = {
  /** `words`: what the question that is asked now waits for. */
  progress(tally: Tally, words: string): void;
  /** `position`: of the question in the list, from 1. */
  failed(position: number, question: string, failure: Failure): void;
  note(words: string): void;
  end(result: WarmResult): void;
};

const CLEAR_LINE = '\r\x1b[K';
const DEFAULT_COLUMNS = 80;
const BAR_CELLS = 20;
const QUESTION_CHARACTERS = 60;

/** For people: one line that grows on a terminal, the result on stdout. */
export function textWarmView(stdout: Output, stderr: Output): WarmView {
  let hasLine = false;

  function clear(): void {
    if (hasLine) stderr.write(CLEAR_LINE);
    hasLine = false;
  }

  function say(line: string): void {
    clear();
    stderr.write(`${plain(line)}\n`);
  }

  return {
    progress(tally, words) {
      if (!stderr.isTTY) return;
      hasLine = true;
      const line = plain(`${bar(tally)} ${counts(tally)}${words === '' ? '' : ` · ${words}`}`);
      // A line that wraps could not be cleared.
      stderr.write(CLEAR_LINE + line.slice(0, (stderr.columns || DEFAULT_COLUMNS) - 1));
    },
    failed(position, question, { message, hint }) {
      say(`ostler: question ${position} (${shortened(question)}): ${message}${hint ? ` ${hint}` : ''}`);
    },
    note: (words) => say(`! ${words}`),
    end(result) {
      clear();
      if (result.note !== undefined) say(`! ${result.note}`);
      stdout.write(`${counts(result)}\n`);
      if (result.left === 0) return;
      say(`${result.left} left.${result.note === undefined ? ' The same command goes on from here.' : ''}`);
    },
  };
}

/** For programs: one object at the end. */
export function jsonWarmView(stdout: Output): WarmView {
  const failures: { readonly position: number; readonly error: Failure }[] = [];
  return {
    progress: () => {},
    failed: (position, _, error) => void failures.push({ position, error }),
    note: () => {},
    end: (result) => void stdout.write(`${JSON.stringify({ ...result, failures })}\n`),
  };
}

function bar({ questions, ...ended }: Tally): string {
  const cells = Math.floor((BAR_CELLS * doneOf(ended)) / questions);
  return `[${'█'.repeat(cells)}${'·'.repeat(BAR_CELLS - cells)}]`;
}

function counts({ questions, ...rest }: Tally): string {
  const { hits, unkept, failed } = rest;
  const lost = unkept === 0 ? '' : `, ${unkept} not kept`;
  return `${doneOf(rest)} of ${questions}: ${hits} already there, ${rest.new} new${lost}, ${failed} failed`;
}

export function doneOf({ hits, unkept, failed, ...rest }: Omit<Tally, 'questions'>): number {
  return hits + rest.new + unkept + failed;
}

function shortened(question: string): string {
  const line = question.replaceAll(/\s+/g, ' ');
  return line.length <= QUESTION_CHARACTERS ? line : `${line.slice(0, QUESTION_CHARACTERS - 1)}…`;
}

/** What others wrote must not steer the terminal. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}

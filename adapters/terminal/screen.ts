import type { Said } from '../../src/chat/command.ts';
import { describeRoom } from '../../src/chat/describe-amount.ts';
import { describeNotices, describeProvenance } from '../../src/chat/describe-answer.ts';
import type { Answer } from '../../src/chat/exchange.ts';
import type { Failure } from '../../src/errors.ts';
import { toPlainText } from './plain-text.ts';

type Output = { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };

/** Shows one question's way, or a command's: what is answered or said on stdout, everything else on stderr. */
export type Screen = {
  begin(): void;
  /** `bar`: how far it has come, drawn. */
  progress(words: string, bar?: string): void;
  thinking(): void;
  text(text: string): void;
  restart(): void;
  answer(answer: Answer, simulated: boolean): void;
  /** What a command says on the way. */
  saying(said: Said): void;
  /** What a command said. */
  said(said: Said): void;
  failure(failure: Failure): void;
};

/** What a model or a server writes must not steer the terminal. */
const TERMINAL_CONTROL = /[^\P{Cc}\n\t]/gu;
export const CLEAR_LINE = '\r\x1b[K';
const DEFAULT_COLUMNS = 80;

/** For people: text as it comes; what it waits for in one line that gives way to it. */
export function textScreen(stdout: Output, stderr: Output): Screen {
  let shown = '';
  let status = '';

  const print = (text: string) => write(stdout, text);
  const note = (text: string) => write(stderr, text);

  function say(words: string, bar = ''): void {
    const end = bar === '' ? '' : ` ${bar}`;
    if (!stderr.isTTY || words + end === status || shown !== '') return;
    status = words + end;
    stderr.write(CLEAR_LINE);
    // A line that wraps could not be cleared.
    const room = (stderr.columns || DEFAULT_COLUMNS) - 1 - end.length;
    note(room > 0 ? words.slice(0, room) + end : '');
  }

  function clear(): void {
    if (status !== '' && stderr.isTTY) stderr.write(CLEAR_LINE);
    status = '';
  }

  return {
    begin() {
      if (shown !== '') this.restart();
    },
    progress: say,
    thinking: () => say('Thinking'),
    text(text) {
      clear();
      shown += text;
      print(text);
    },
    restart() {
      clear();
      if (shown !== '') stderr.write('\n(The answer broke off and begins anew.)\n');
      shown = '';
    },
    answer(answer, simulated) {
      clear();
      const { text } = answer;
      // What was kept is what counts: all of it where nothing was streamed, or something else.
      if (!text.startsWith(shown)) this.restart();
      print(text.slice(shown.length));
      if (!text.endsWith('\n')) stdout.write('\n');
      for (const notice of describeNotices(answer)) note(`! ${notice}\n`);
      note(`— ${describeProvenance(simulated ? { ...answer, simulated } : answer)}\n`);
    },
    saying({ markdown }) {
      const words = toPlainText(markdown).replace(/\s*\n\s*/g, ' ');
      if (stderr.isTTY) return say(words);
      if (words !== status) note(`${words}\n`);
      status = words;
    },
    said({ markdown, offer }) {
      clear();
      // A command that says nothing has done what is seen elsewhere.
      print(`${toPlainText(markdown) || 'Done.'}\n`);
      for (const { value } of offer?.choices ?? []) print(`  ${value}\n`);
    },
    failure({ message, hint, room }) {
      clear();
      if (shown !== '') stdout.write('\n');
      const lines = [message, room && describeRoom(room), hint].filter(Boolean);
      note(`ostler: ${lines.join('\n  ')}\n`);
    },
  };
}

function write(output: Output, text: string): void {
  output.write(output.isTTY ? harmless(text) : text);
}

/** Text that steers no terminal. */
export function harmless(text: string): string {
  return text.replace(TERMINAL_CONTROL, '');
}

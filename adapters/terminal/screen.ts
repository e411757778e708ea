import { describeProgress } from '../../src/chat/describe-progress.ts';
import type { Answer } from '../../src/chat/exchange.ts';
import type { Progress } from '../../src/chat/progress.ts';
import type { Failure } from '../../src/errors.ts';

type Output = { write(text: string): unknown; readonly isTTY?: boolean };

/** Shows one question's way: the answer on stdout, everything else on stderr. */
export type Screen = {
  begin(): void;
  progress(progress: Progress): void;
  thinking(): void;
  text(text: string): void;
  restart(): void;
  answer(answer: Answer, simulated: boolean): void;
  failure(failure: Failure): void;
};

/** What a model writes must not steer the terminal. */
const TERMINAL_CONTROL = /[^\P{Cc}\n\t]/gu;
const CLEAR_LINE = '\r\x1b[K';

/** For people: text as it comes; what it waits for in one line that gives way to it. */
export function textScreen(stdout: Output, stderr: Output): Screen {
  let shown = '';
  let status = '';

  function print(text: string): void {
    stdout.write(stdout.isTTY ? text.replace(TERMINAL_CONTROL, '') : text);
  }

  function say(line: string): void {
    if (!stderr.isTTY || line === status) return;
    status = line;
    stderr.write(`${CLEAR_LINE}${line}`);
  }

  function clear(): void {
    if (status !== '') stderr.write(CLEAR_LINE);
    status = '';
  }

  return {
    begin() {
      if (shown !== '') this.restart();
    },
    progress: (progress) => say(`… ${describeProgress(progress)}`),
    thinking: () => say('… thinking'),
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
    answer({ text, provenance, seconds }, simulated) {
      clear();
      // What was kept is what counts: all of it where nothing was streamed.
      if (text.startsWith(shown)) print(text.slice(shown.length));
      if (!text.endsWith('\n')) stdout.write('\n');
      const rule = provenance.rule === undefined ? '' : ` · rule ${provenance.rule}`;
      const honest = simulated ? ' · simulated' : '';
      if (provenance.notice !== undefined) stderr.write(`! ${provenance.notice}\n`);
      stderr.write(`— ${provenance.model}${rule} · ${seconds.toFixed(1)} s${honest}\n`);
    },
    failure({ message, hint }) {
      clear();
      if (shown !== '') stdout.write('\n');
      stderr.write(`ostler: ${message}${hint === undefined ? '' : `\n  ${hint}`}\n`);
    },
  };
}

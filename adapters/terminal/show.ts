import type { Said } from '../../src/chat/command.ts';
import type { Outcome } from '../../src/chat/exchange.ts';
import { type Failure, toFailure } from '../../src/errors.ts';
import { EXIT } from './exit.ts';
import type { Screen } from './screen.ts';

/** Shows how a question ended. Returns the exit code. */
export function showOutcome(outcome: Outcome, screen: Screen, simulated: boolean): number {
  switch (outcome.kind) {
    case 'answer':
      screen.answer(outcome.answer, simulated);
      return EXIT.answered;
    case 'failure':
      return showFailure(outcome.failure, screen);
    case 'cancelled':
      screen.failure({ code: 'cancelled', message: 'The question was stopped.' });
      return EXIT.stopped;
  }
}

/** Shows what a command said. Returns the exit code. */
export function showSaid(said: Said, screen: Screen): number {
  screen.said(said);
  if (said.undone === undefined) return EXIT.answered;
  return said.undone === 'cancelled' ? EXIT.stopped : codeOf(said.undone);
}

function showFailure(failure: Failure, screen: Screen): number {
  screen.failure(failure);
  return codeOf(failure.code);
}

function codeOf(code: NonNullable<Said['undone']>): number {
  return code === 'unreachable' ? EXIT.unreachable : EXIT.failed;
}

/** Shows why something was not done, which may be that its person left. Returns the exit code. */
export function showError(error: unknown, screen: Screen, interrupted: AbortSignal): number {
  if (!interrupted.aborted) return showFailure(toFailure(error), screen);
  screen.failure({ code: 'cancelled', message: 'Interrupted.' });
  return EXIT.interrupted;
}

export function showLate(seconds: number | undefined, screen: Screen): number {
  screen.failure({ code: 'cancelled', message: `Not answered within ${seconds} s.` });
  return EXIT.stopped;
}

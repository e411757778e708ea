import type { Outcome } from '../chat/exchange.ts';
import type { Job } from '../path/job.ts';
import type { Clock } from '../ports/clock.ts';
import type { Grant } from './grant.ts';
import type { Line } from './line.ts';
import type { Place } from './place.ts';

/**
 * Looks for an answer that is kept, or is being made for an equal question, before a model is asked. `presumed` is
 * what the job would be granted. Undefined: there is none, or nothing to look for; `anew`: what was waited for did not
 * come, and by now something else may be the right thing to look for. The signal aborts when the job needs none any
 * more. Never throws.
 */
export type Recall = (
  job: Job,
  presumed: Grant,
  signal: AbortSignal,
) => Promise<Outcome | 'anew' | undefined> | undefined;

type Surroundings = {
  readonly line: Line;
  readonly clock: Clock;
  readonly recall: Recall;
  /** What it would be granted; undefined: it has no model. */
  readonly presume: (head: Place) => Grant | undefined;
  readonly onFound: (job: Job, outcome: Outcome) => void;
  readonly wake: () => void;
};

/** Asks the cache once for each question that may begin; until it has answered, no model is wanted for it. */
export function createRecalling({ line, clock, recall, presume, onFound, wake }: Surroundings) {
  async function take(head: Place, leave: AbortController, asked: NonNullable<ReturnType<Recall>>) {
    const outcome = await asked;
    // Its question is another one now, or it has ended.
    if (head.recall?.leave !== leave || leave.signal.aborted) return;
    if (outcome === 'anew') Object.assign(head, { recall: undefined, told: '' });
    else if (outcome) onFound(head.job, outcome);
    else head.recall = { state: 'none', leave };
    wake();
  }

  return {
    ask(): void {
      for (const head of line.heads(clock.now())) {
        const presumed = head.recall ? undefined : presume(head);
        if (!presumed) continue;
        const leave = new AbortController();
        const asked = recall(head.job, presumed, leave.signal);
        head.recall = { state: asked === undefined ? 'none' : 'asking', leave };
        if (asked !== undefined) void take(head, leave, asked);
      }
    },
    /** Whether only a model can answer it: nothing is kept that serves. */
    needsModel: ({ recall }: Place) => recall?.state === 'none',
  };
}

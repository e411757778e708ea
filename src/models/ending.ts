import type { Outcome } from '../chat/exchange.ts';
import { type Failure, toFailure } from '../errors.ts';
import type { Job } from '../path/job.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Line } from './line.ts';
import type { ServerState } from './server-state.ts';

/** After an outcome could not be kept. */
const STORAGE_PAUSE_MS = 5_000;

type Surroundings = {
  readonly line: Line;
  readonly state: Pick<ServerState, 'away'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Keeps the outcome of a job that waits. */
  readonly keepOutcome: (job: Job, outcome: Outcome) => Promise<void>;
  readonly wake: () => void;
};

/** Ends questions that no model answers. */
export function createEnding({ line, state, clock, logger, keepOutcome, wake }: Surroundings) {
  function expire(): void {
    for (const place of line.waiting()) {
      const { job, restsUntil, heldUpMs } = place;
      if (job.deadlineAt + heldUpMs > clock.wall() || restsUntil > clock.now()) continue;
      if (line.isHeldUp(place)) continue;
      const minutes = Math.round((job.deadlineAt - job.enqueuedAt) / 60_000);
      const hint = state.away()?.error.message ?? 'Ask again, perhaps for another model.';
      giveUp(job, { code: 'expired', message: `Nobody could answer within ${minutes} minutes.`, hint });
    }
  }

  function giveUp(job: Job, failure: Failure): void {
    void finishWaiting(job, { kind: 'failure', failure });
  }

  /** Where the outcome cannot be kept, the job rests and is looked at again. */
  async function finishWaiting(job: Job, outcome: Outcome): Promise<void> {
    try {
      await end(job, outcome);
    } catch (cause) {
      const waiting = line.find(job.id);
      if (waiting) waiting.restsUntil = clock.now() + STORAGE_PAUSE_MS;
      logger.error({ job: job.id, ...toFailure(cause) }, 'a question could not be ended');
    }
  }

  async function end(job: Job, outcome: Outcome): Promise<void> {
    const waiting = line.find(job.id);
    waiting?.recall?.leave.abort();
    if (waiting) Object.assign(waiting, { ending: true, recall: undefined });
    try {
      await keepOutcome(job, outcome);
      // It may be ended twice at once; by now it may be on its way to its person.
      if (waiting && !waiting.settled) {
        line.settle(job.id, clock.now());
        waiting.delivering = false;
      }
    } finally {
      if (waiting) waiting.ending = false;
      wake();
    }
  }

  return { expire, giveUp, finishWaiting, end };
}

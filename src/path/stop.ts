import type { Outcome } from '../chat/exchange.ts';
import type { Which } from '../chat/front.ts';
import type { Stable } from '../models/stable.ts';
import type { Queue } from '../ports/queue.ts';
import type { Job } from './job.ts';
import { stoppedByPerson } from './work.ts';

type Surroundings = {
  readonly stable: Pick<Stable, 'jobsOf' | 'grant' | 'end' | 'whenOver'>;
  readonly queue: Pick<Queue, 'cancel'>;
  readonly isSettled: (job: Job) => Promise<boolean>;
  /** Keeps and delivers the outcome of a job that left the queue without one. */
  readonly endGone: (job: Job, outcome: Outcome) => Promise<void>;
};

/**
 * Stops what waits or runs in a conversation. Resolves with the number of questions once the outcome of each
 * is kept, so that nothing more of them comes; their delivery may take longer.
 */
export function createStop({ stable: line, queue, isSettled, endGone }: Surroundings) {
  const stopped = { kind: 'cancelled', text: '' } as const;

  async function stopJob(job: Job): Promise<void> {
    if (!line.grant(job.id)) return line.end(job, stopped);
    const over = line.whenOver(job.id);
    const isAborting = (await queue.cancel(job.id, stoppedByPerson())) === 'aborting';
    // It was on its way back to the queue already, and may have been begun again.
    if (isAborting && (await over) === 'returned') return stopJob(job);
    // Or its beginning failed, and the queue let it go.
    if (!(await isSettled(job))) await endGone(job, stopped);
  }

  return async (conversation: string, { job, person }: Which = {}): Promise<number> => {
    const meant = line
      .jobsOf(conversation)
      .filter(
        ({ id, message }) =>
          (job === undefined || id === job) && (person === undefined || message.person.id === person),
      );
    await Promise.all(meant.toReversed().map(stopJob));
    return meant.length;
  };
}

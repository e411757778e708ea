import type { Progress } from '../chat/progress.ts';
import type { Job } from '../path/job.ts';
import type { Clock } from '../ports/clock.ts';
import { expectations } from './expect.ts';
import type { Line } from './line.ts';
import type { Moves } from './moves.ts';
import type { HostState } from './schedule.ts';

type Surroundings = {
  readonly line: Line;
  readonly clock: Clock;
  readonly moves: Pick<Moves, 'current'>;
  readonly hostState: () => HostState;
  readonly onProgress: (job: Job, progress: Progress) => void;
};

/** Tells each who waits what for and how long, where that is news. */
export function createTelling({ line, clock, moves, hostState, onProgress }: Surroundings): () => void {
  return () => {
    const earlier = line.earlier();
    const now = clock.now();
    const waitingJobs = line.waiting().map(({ job, restsUntil }) => ({
      id: job.id,
      earlier: earlier.get(job.id) ?? 0,
      rests: restsUntil > now,
      fetches: (job.message.remoteImages ?? []).length > 0,
    }));
    const expected = expectations(waitingJobs, hostState(), moves.current(), line.running());
    for (const waiting of line.waiting()) {
      const progress = expected.get(waiting.job.id);
      const text = JSON.stringify(progress);
      if (!progress || waiting.told === text) continue;
      waiting.told = text;
      onProgress(waiting.job, progress);
    }
  };
}

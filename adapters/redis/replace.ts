import type { Job } from '../../src/path/job.ts';
import type { QueueEvent } from '../../src/ports/queue.ts';
import type { RefuseIfLate } from './one-by-one.ts';
import type { ParkingLot } from './parking-lot.ts';

type Surroundings = {
  readonly lot: Pick<ParkingLot, 'find' | 'change'>;
  /** The jobs that this process runs, or is about to. */
  readonly runs: ReadonlyMap<string, unknown>;
  readonly promoting: ReadonlyMap<string, Promise<unknown>>;
  readonly emit: (event: QueueEvent) => void;
};

/** Gives parked jobs another message and route; false where a job is not parked. One call at a time. */
export function createReplace({ lot, runs, promoting, emit }: Surroundings) {
  return async (
    id: string,
    { message, route }: Pick<Job, 'message' | 'route'>,
    refuseIfLate: RefuseIfLate,
  ): Promise<boolean> => {
    for (;;) {
      const parked = await lot.find(id);
      // Whether it begins is known first. Nothing may come between the end of this loop and the change.
      while (promoting.has(id)) await promoting.get(id)?.catch(() => false);
      if (!parked || runs.has(id)) return false;
      refuseIfLate();
      const job: Job = { ...parked.job, message, route };
      const outcome = await lot.change(parked, { ...parked, job });
      if (outcome === 'changed') emit({ type: 'changed', job });
      if (outcome !== 'stale') return outcome === 'changed';
    }
  };
}

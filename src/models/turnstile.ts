import type { Job } from '../path/job.ts';
import type { Clock } from '../ports/clock.ts';
import type { Queue, QueueEvent } from '../ports/queue.ts';
import type { Line } from './line.ts';
import type { Memory } from './memory.ts';
import type { Entry } from './place.ts';

/** Clocks may jump: nobody waits longer for the next piece of a question. */
const LONGEST_GATHERING_MS = 5_000;

/** How the run of a job is over: its outcome is kept, or it went back without one. */
export type Over = 'settled' | 'returned';

type Surroundings = {
  readonly queue: Pick<Queue, 'jobs' | 'onEvent'>;
  readonly line: Line;
  readonly memory: Pick<Memory, 'release'>;
  readonly clock: Clock;
  readonly serves: (job: Job) => boolean;
  readonly isSettled: (job: Job) => Promise<boolean>;
  /** Something changed that a decision may depend on. */
  readonly wake: () => void;
};

/** Keeps the line in step with the queue: who comes, who goes, and whose model is free again. */
export type Turnstile = {
  /** Takes over what the queue holds, and follows it from then on. */
  start(): Promise<void>;
  /** See Stable. */
  settle(id: string): boolean;
  whenOver(id: string): Promise<Over>;
  rest(id: string, ms: number): void;
  /** A job that did not begin goes back to its place. */
  giveBack(id: string, restMs: number): void;
  leave(reason: unknown): void;
};

export function createTurnstile(surroundings: Surroundings): Turnstile {
  const { queue, line, memory, clock, serves, isSettled, wake } = surroundings;
  const rests = new Map<string, number>();
  const overs = new Map<string, PromiseWithResolvers<Over>>();

  function release(id: string): void {
    const grant = line.find(id)?.grant;
    if (grant) memory.release(grant.model);
  }

  function giveBack(id: string, restMs: number): void {
    release(id);
    line.giveBack(id, clock.now() + restMs);
    wake();
  }

  function isOver(id: string, how: Over): void {
    overs.get(id)?.resolve(how);
    overs.delete(id);
  }

  function onQueueEvent(event: QueueEvent): void {
    switch (event.type) {
      case 'added':
        if (serves(event.job)) addToLine(event.job, { held: false, settled: false });
        break;
      case 'changed':
        line.change(event.job, gathersUntil(event.job));
        break;
      case 'returned':
        giveBack(event.id, rests.get(event.id) ?? 0);
        isOver(event.id, 'returned');
        break;
      case 'ended':
      case 'removed':
        release(event.id);
        line.remove(event.id, clock.now());
        isOver(event.id, 'settled');
        break;
    }
    if ('id' in event) rests.delete(event.id);
    wake();
  }

  function addToLine(job: Job, entry: Omit<Entry, 'gathersUntil'>): void {
    line.add(job, { ...entry, gathersUntil: gathersUntil(job) }, clock.now());
  }

  function gathersUntil({ message }: Job): number {
    const leftMs = (message.gather?.until ?? 0) - clock.wall();
    return leftMs <= 0 ? 0 : clock.now() + Math.min(leftMs, LONGEST_GATHERING_MS);
  }

  return {
    async start() {
      // What happens while the jobs are read comes after what was read.
      let early: QueueEvent[] | undefined = [];
      queue.onEvent((event) => (early ? void early.push(event) : onQueueEvent(event)));
      const jobs = (await queue.jobs()).filter(({ job }) => serves(job));
      const settled = await Promise.all(jobs.map(({ job }) => isSettled(job)));
      for (const [at, { job, state: where }] of jobs.entries()) {
        addToLine(job, { held: where === 'running', settled: settled[at] ?? false });
      }
      const missed = early;
      early = undefined;
      for (const event of missed) onQueueEvent(event);
    },

    settle(id) {
      release(id);
      const mayDeliver = line.settle(id, clock.now());
      isOver(id, 'settled');
      wake();
      return mayDeliver;
    },

    whenOver(id) {
      const over = overs.get(id) ?? Promise.withResolvers();
      // Who asked may have gone; the others hear of it all the same.
      over.promise.catch(() => {});
      overs.set(id, over);
      return over.promise;
    },

    rest: (id, ms) => void rests.set(id, ms),
    giveBack,

    leave(reason) {
      for (const over of overs.values()) over.reject(reason);
      overs.clear();
    },
  };
}

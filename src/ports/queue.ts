import type { Job, NewJob } from '../path/job.ts';

/** A job in the queue and how often it was begun without returning by itself: each time but this one, a crash. */
export type QueuedJob = { readonly job: Job; readonly state: 'waiting' | 'running'; readonly starts: number };

/** `done` ends the job; `again` returns it to its place in the queue. */
export type RunResult = 'done' | 'again';

/**
 * Runs a promoted job. `starts` counts this run and those that a crash cut short. The signal aborts on cancel and on a forced close; its
 * reason is what `cancel` or `close` was given. A processor that throws has ended its job: the queue logs the
 * error. Only after a forced close does a throw return the job.
 */
export type Processor = (job: Job, run: { signal: AbortSignal; starts: number }) => Promise<RunResult>;

export type QueueEvent =
  | { readonly type: 'added'; readonly job: Job }
  /** A waiting job has another message or route. Told before its next run begins. */
  | { readonly type: 'changed'; readonly job: Job }
  /** The run is over and the job gone. */
  | { readonly type: 'ended'; readonly id: string }
  /** Waiting again in its place: its run said `again`, or the process that ran it died or closed. */
  | { readonly type: 'returned'; readonly id: string }
  /** Cancelled before it began. */
  | { readonly type: 'removed'; readonly id: string };

/** A durable queue whose order is decided outside: a job waits until it is promoted. */
export type Queue = {
  /** Durable once it resolves. An id that is queued, or ended within the last two days, is a duplicate. */
  add(job: NewJob): Promise<'added' | 'duplicate'>;
  /** Every job that has not ended, by `seq`; after a crash that includes those that were running. */
  jobs(): Promise<readonly QueuedJob[]>;
  /** Begins the processor on a waiting job; false where it is no longer waiting. */
  promote(id: string): Promise<boolean>;
  /**
   * A job that still waits gets another message and route; its place, id and times stay. False where it no
   * longer waits: a run of it that has begun goes on with what it was handed. Durable once it resolves.
   */
  replace(id: string, change: Pick<Job, 'message' | 'route'>): Promise<boolean>;
  /** A waiting job is removed; a running one has its signal aborted with `reason`. */
  cancel(id: string, reason: unknown): Promise<'removed' | 'aborting' | 'gone'>;
  /** Called after the change is durable. Returns the way to stop listening. */
  onEvent(listener: (event: QueueEvent) => void): () => void;
  /** Waits `graceMs` for running jobs, then aborts them with `reason` so that they return to the queue. */
  close(graceMs: number, reason: unknown): Promise<void>;
};

export type OpenQueue = (process: Processor) => Promise<Queue>;

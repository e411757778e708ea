import type { CacheEntry } from '../cache/entry.ts';
import { toOstlerError } from '../errors.ts';

/** Equal questions at the same time: one of them is answered, for all. */
export type Flights = {
  /** Whether this job answers questions of this key; false: another one does. */
  lead(key: string, job: string): boolean;
  /**
   * Waits for who leads; undefined: there will be no answer of theirs, or nobody leads. The signal ends the waiting.
   */
  follow(key: string, signal: AbortSignal): Promise<CacheEntry | undefined>;
  /**
   * Runs the generation of a job. Where its person stops it while others wait for the same, it goes on for them:
   * `onLeft` is told, with the end of the generation.
   */
  fly<T>(
    job: string,
    signal: AbortSignal,
    run: (signal: AbortSignal) => Promise<T>,
    onLeft: (end: Promise<unknown>) => void,
  ): Promise<T>;
  /** What others who wait for this job's answer are given. */
  land(job: string, entry: CacheEntry | undefined): void;
  /** The job will have no answer any more, unless its generation goes on for others. */
  leave(job: string): void;
};

type Flight = {
  readonly key: string;
  readonly job: string;
  readonly answer: PromiseWithResolvers<CacheEntry | undefined>;
  followers: number;
  /** Ends the generation that only followers wait for. */
  abandon: ((reason: unknown) => void) | undefined;
};

export function createFlights(): Flights {
  const byKey = new Map<string, Flight>();
  const byJob = new Map<string, Flight>();

  function end(flight: Flight, entry: CacheEntry | undefined): void {
    if (byKey.get(flight.key) === flight) byKey.delete(flight.key);
    if (byJob.get(flight.job) === flight) byJob.delete(flight.job);
    flight.answer.resolve(entry);
  }

  function dropFollower(flight: Flight, reason: unknown): void {
    flight.followers -= 1;
    if (flight.followers === 0) flight.abandon?.(reason);
  }

  return {
    lead(key, job) {
      const known = byKey.get(key);
      if (known) return known.job === job;
      const flight: Flight = {
        key,
        job,
        answer: Promise.withResolvers(),
        followers: 0,
        abandon: undefined,
      };
      byKey.set(key, flight);
      byJob.set(job, flight);
      return true;
    },

    async follow(key, signal) {
      const flight = byKey.get(key);
      if (!flight || signal.aborted) return undefined;
      flight.followers += 1;
      const left = Promise.withResolvers<undefined>();
      const leave = () => {
        left.resolve(undefined);
        dropFollower(flight, signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      const entry = await Promise.race([flight.answer.promise, left.promise]);
      signal.removeEventListener('abort', leave);
      return entry;
    },

    async fly(job, signal, run, onLeft) {
      const flight = byJob.get(job);
      if (!flight) return run(signal);
      const own = new AbortController();
      const left = Promise.withResolvers<never>();
      const generation = run(own.signal);
      const leave = () => {
        const isStopped = toOstlerError(signal.reason).code === 'cancelled';
        if (!isStopped || flight.followers === 0) return own.abort(signal.reason);
        flight.abandon = (reason) => own.abort(reason);
        // Who has left is not told how it ends.
        generation.catch(() => end(flight, undefined));
        onLeft(generation);
        left.reject(signal.reason);
      };
      if (signal.aborted) leave();
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await Promise.race([generation, left.promise]);
      } finally {
        signal.removeEventListener('abort', leave);
      }
    },

    land(job, entry) {
      const flight = byJob.get(job);
      if (flight) end(flight, entry);
    },

    leave(job) {
      const flight = byJob.get(job);
      if (flight && !flight.abandon) end(flight, undefined);
    },
  };
}

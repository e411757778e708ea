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
  /**
   * The model is about to be asked what has this key, or none. Whoever waits for the job to answer another one is let
   * go; from now on equal questions wait for this.
   */
  begin(job: string, key: string | undefined): void;
  /** What was begun for this key is for those only who wait for it already. */
  close(key: string): void;
  /** What others who wait for this job's answer are given. */
  land(job: string, entry: CacheEntry | undefined): void;
  /** The job will have no answer any more, unless its generation goes on for others. */
  leave(job: string): void;
};

/** Those who wait for one answer. */
type Party = {
  readonly key: string | undefined;
  readonly answer: PromiseWithResolvers<CacheEntry | undefined>;
  followers: number;
};

type Flight = {
  readonly job: string;
  party: Party;
  /** Ends the generation that only followers wait for. */
  abandon: (() => void) | undefined;
};

export function createFlights(): Flights {
  const byKey = new Map<string, Flight>();
  const byJob = new Map<string, Flight>();

  function dismiss(flight: Flight, entry: CacheEntry | undefined): void {
    const { key, answer } = flight.party;
    if (key !== undefined && byKey.get(key) === flight) byKey.delete(key);
    answer.resolve(entry);
  }

  function end(flight: Flight, entry: CacheEntry | undefined): void {
    if (byJob.get(flight.job) === flight) byJob.delete(flight.job);
    dismiss(flight, entry);
  }

  function dropFollower(flight: Flight, party: Party): void {
    party.followers -= 1;
    if (party.followers === 0 && flight.party === party) flight.abandon?.();
  }

  return {
    lead(key, job) {
      const known = byKey.get(key);
      if (known) return known.job === job;
      const flight: Flight = { job, party: partyOf(key), abandon: undefined };
      byKey.set(key, flight);
      byJob.set(job, flight);
      return true;
    },

    async follow(key, signal) {
      const flight = byKey.get(key);
      if (!flight || signal.aborted) return undefined;
      const { party } = flight;
      party.followers += 1;
      const left = Promise.withResolvers<undefined>();
      const leave = () => {
        left.resolve(undefined);
        dropFollower(flight, party);
      };
      signal.addEventListener('abort', leave, { once: true });
      const entry = await Promise.race([party.answer.promise, left.promise]);
      signal.removeEventListener('abort', leave);
      return entry;
    },

    begin(job, key) {
      const known = byJob.get(job);
      if (known && known.party.key !== key) {
        dismiss(known, undefined);
        known.party = partyOf(key);
        // Its own person has left, and now so have all others.
        known.abandon?.();
      }
      if (key === undefined) byJob.delete(job);
      if (key === undefined || byKey.has(key)) return;
      const flight = known ?? { job, party: partyOf(key), abandon: undefined };
      byKey.set(key, flight);
      byJob.set(job, flight);
    },

    close: (key) => void byKey.delete(key),

    async fly(job, signal, run, onLeft) {
      const own = new AbortController();
      const left = Promise.withResolvers<never>();
      const generation = run(own.signal);
      const leave = () => {
        const flight = byJob.get(job);
        const isStopped = toOstlerError(signal.reason).code === 'cancelled';
        if (!isStopped || !flight || flight.party.followers === 0) return own.abort(signal.reason);
        flight.abandon = () => own.abort(signal.reason);
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

function partyOf(key: string | undefined): Party {
  return { key, answer: Promise.withResolvers(), followers: 0 };
}

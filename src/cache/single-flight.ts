/** One who waits for a run. */
export type Seat<T, E> = {
  /** What the run comes to. Rejects with the reason once this one has left. */
  readonly result: Promise<T>;
  /** Whether the run began with this one. */
  readonly leader: boolean;
  /** Waits no longer. The last one to leave ends the run, with their reason. */
  leave(reason: unknown): void;
  /** Tells all that has come so far, then what comes, until the run has ended or this one has left. Must not throw. */
  observe(listener: (event: E) => void): void;
};

type Run<T, E> = (signal: AbortSignal, tell: (event: E) => void) => Promise<T>;

/** Identical work at the same time is done once, for all who ask. */
export type SingleFlight<T, E> = {
  /**
   * Joins the run of this key, or begins it. A run that failed, ended or was left by all is not joined any more:
   * who comes later begins a new one.
   */
  join(key: string, run: Run<T, E>): Seat<T, E>;
};

type Flight<T, E> = {
  readonly control: AbortController;
  readonly told: E[];
  readonly waiting: Set<Waiter<T, E>>;
};

type Waiter<T, E> = {
  readonly end: PromiseWithResolvers<T>;
  readonly listeners: ((event: E) => void)[];
};

export function createSingleFlight<T, E = never>(): SingleFlight<T, E> {
  const flights = new Map<string, Flight<T, E>>();

  function close(key: string, flight: Flight<T, E>): void {
    if (flights.get(key) === flight) flights.delete(key);
  }

  function begin(key: string, run: Run<T, E>): Flight<T, E> {
    const flight: Flight<T, E> = { control: new AbortController(), told: [], waiting: new Set() };
    const tell = (event: E) => {
      flight.told.push(event);
      for (const { listeners } of flight.waiting) for (const listener of listeners) listener(event);
    };
    flights.set(key, flight);
    const end = (settle: (waiter: Waiter<T, E>) => void) => {
      close(key, flight);
      for (const waiter of flight.waiting) settle(waiter);
      flight.waiting.clear();
    };
    const { signal } = flight.control;
    // Begins once who began it can listen, and leave.
    Promise.resolve()
      .then(() => {
        signal.throwIfAborted();
        return run(signal, tell);
      })
      .then(
        (value) => end((waiter) => waiter.end.resolve(value)),
        (error: unknown) => end((waiter) => waiter.end.reject(error)),
      );
    return flight;
  }

  function sit(key: string, flight: Flight<T, E>, leader: boolean): Seat<T, E> {
    const waiter: Waiter<T, E> = { end: Promise.withResolvers<T>(), listeners: [] };
    flight.waiting.add(waiter);
    // Who leaves need not look at the result any more.
    waiter.end.promise.catch(() => undefined);
    return {
      result: waiter.end.promise,
      leader,
      leave(reason) {
        if (!flight.waiting.delete(waiter)) return;
        waiter.end.reject(reason);
        if (flight.waiting.size > 0) return;
        close(key, flight);
        flight.control.abort(reason);
      },
      observe(listener) {
        for (const event of flight.told) listener(event);
        if (flight.waiting.has(waiter)) waiter.listeners.push(listener);
      },
    };
  }

  return {
    join(key, run) {
      const known = flights.get(key);
      return sit(key, known ?? begin(key, run), known === undefined);
    },
  };
}

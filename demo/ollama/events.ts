/** One request as it arrived. Its status is set once the answer begins; 499: the client left before that. */
export type ReceivedRequest = {
  readonly id: number;
  readonly method: string;
  readonly path: string;
  /** The parsed JSON; undefined where there was none. */
  readonly body: unknown;
  /** Monotonic milliseconds (`performance.now()`). */
  readonly receivedAtMs: number;
  readonly status: number | undefined;
  readonly endedAtMs: number | undefined;
};

type NewEvent =
  | { readonly type: 'request'; readonly request: ReceivedRequest }
  /** The whole answer was sent. */
  | { readonly type: 'answer'; readonly request: ReceivedRequest }
  /** The client went away before its answer was complete. */
  | { readonly type: 'abort'; readonly request: ReceivedRequest }
  | { readonly type: 'load-begin'; readonly model: string; readonly from: 'disk' | 'page-cache' }
  | { readonly type: 'load-end'; readonly model: string; readonly outcome: 'loaded' | 'failed' | 'aborted' }
  /** The model is gone from /api/ps. */
  | { readonly type: 'unload'; readonly model: string }
  /** Its memory can be used again. */
  | { readonly type: 'memory-free'; readonly model: string }
  /** The request has one of the model's slots. */
  | { readonly type: 'generation-begin'; readonly model: string }
  | {
      readonly type: 'generation-end';
      readonly model: string;
      readonly outcome: 'stop' | 'length' | 'broken' | 'aborted';
      readonly tokens: number;
    };

/** What happened, in order; `atMs` is monotonic (`performance.now()`). */
export type OllamaEvent = Timed<NewEvent>;

export type Events = TimedEvents<NewEvent> & {
  history(): readonly OllamaEvent[];
};

/** Keeps the last `keep` events. */
export function createEvents(keep: number): Events {
  const past: OllamaEvent[] = [];
  const events = createTimedEvents<NewEvent>('The simulated Ollama', () => performance.now());
  events.on((event) => {
    past.push(event);
    if (past.length > keep) past.splice(0, past.length - keep);
  });
  return { ...events, history: () => [...past] };
}

type Happening = { readonly type: string };
type Timed<New extends Happening> = New & { readonly atMs: number };
type EventOf<New extends Happening, T> = Timed<New> & { readonly type: T };

const DEFAULT_TIMEOUT_MS = 10_000;

/** What a server tells those who watch it; `New` are its events before they get their `atMs`, in its clock's milliseconds. */
export type TimedEvents<New extends Happening> = {
  emit(event: New): void;
  on(listener: (event: Timed<New>) => void): () => void;
  /** The next event of that type, after this call. Rejects after `timeoutMs`. */
  when<T extends New['type']>(
    type: T,
    matches?: (event: EventOf<New, T>) => boolean,
    timeoutMs?: number,
  ): Promise<EventOf<New, T>>;
  /** Resolves once the condition holds; it is tried now and after every event, with its consequences. Rejects after `timeoutMs`. */
  until(condition: () => boolean, timeoutMs?: number): Promise<void>;
};

/** `whose` begins the error of a wait that took too long; `now` gives milliseconds. */
export function createTimedEvents<New extends Happening>(whose: string, now: () => number): TimedEvents<New> {
  const listeners = new Set<(event: Timed<New>) => void>();
  const on: TimedEvents<New>['on'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  /** `look` is called after every event, and says by `found` that the wait is over. */
  const wait = <T>(
    what: string,
    timeoutMs: number,
    look: (event: Timed<New>, found: (value: T) => void) => void,
  ) =>
    new Promise<T>((resolve, reject) => {
      const off = on((event) => look(event, end));
      const timer = setTimeout(() => {
        off();
        reject(new Error(`${whose}: no ${what} within ${timeoutMs} ms`));
      }, timeoutMs);
      function end(value: T): void {
        clearTimeout(timer);
        off();
        resolve(value);
      }
    });
  return {
    emit(event) {
      if (listeners.size === 0) return;
      const timed = { ...event, atMs: now() };
      for (const listener of [...listeners]) listener(timed);
    },
    on,
    when: (type, matches = () => true, timeoutMs = DEFAULT_TIMEOUT_MS) =>
      wait(type, timeoutMs, (event, found) => {
        if (isOf(event, type) && matches(event)) found(event);
      }),
    until: async (condition, timeoutMs = DEFAULT_TIMEOUT_MS) => {
      if (condition()) return;
      // What an event brings about has happened by the next turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (condition()) return;
      await wait<void>('state as awaited', timeoutMs, (_, found) => {
        setImmediate(() => condition() && found());
      });
    },
  };
}

function isOf<New extends Happening, T extends New['type']>(
  event: Timed<New>,
  type: T,
): event is EventOf<New, T> {
  return event.type === type;
}

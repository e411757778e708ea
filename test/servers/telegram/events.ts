import type { ChatMessage, Draft } from './message.ts';

/** One request as it arrived. Its status is set once it is answered; 499: the client has no whole answer. */
export type ReceivedRequest = {
  readonly id: number;
  /** As the client wrote it; `file` for a download. */
  readonly method: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly chat: number | undefined;
  readonly receivedAtMs: number;
  readonly status: number | undefined;
  readonly description: string | undefined;
  readonly endedAtMs: number | undefined;
};

/** What happened, in order; `atMs` is the server's clock. */
type TelegramEvent = { readonly atMs: number } & (
  | { readonly type: 'request' | 'answer'; readonly request: ReceivedRequest }
  | {
      readonly type: 'sent' | 'edited' | 'deleted';
      readonly by: 'bot' | 'person';
      readonly chat: number;
      readonly message: ChatMessage;
    }
  | { readonly type: 'reaction'; readonly chat: number; readonly message: ChatMessage }
  | { readonly type: 'draft' | 'draft-stopped'; readonly chat: number; readonly draft: Draft }
  | {
      readonly type: 'action';
      readonly chat: number;
      readonly action: string;
      readonly thread: number | undefined;
    }
  | { readonly type: 'callback-answer'; readonly chat: number; readonly text: string | undefined }
  /** A 429. */
  | { readonly type: 'refused'; readonly chat: number; readonly retryAfterSeconds: number }
  /** The bot can fetch it from now on. */
  | { readonly type: 'update'; readonly id: number; readonly update: unknown }
  | { readonly type: 'poll-held' }
  | {
      readonly type: 'poll-ended';
      readonly why: 'updates' | 'timeout' | 'conflict' | 'left';
      readonly updates: number;
    }
  /** Everything before the offset is confirmed; `count` updates are gone by it. */
  | { readonly type: 'confirmed'; readonly offset: number; readonly count: number }
  /** A webhook's answer; status 0: there was none. */
  | { readonly type: 'delivery'; readonly id: number; readonly status: number }
);

type WithoutTime<T> = T extends unknown ? Omit<T, 'atMs'> : never;
type NewEvent = WithoutTime<TelegramEvent>;
type Fitting<E, T> = E extends { readonly type: infer All }
  ? T extends All
    ? E & { readonly type: T }
    : never
  : never;
type EventOf<T extends TelegramEvent['type']> = Fitting<TelegramEvent, T>;

const DEFAULT_TIMEOUT_MS = 10_000;

export type Events = {
  emit(event: NewEvent): void;
  on(listener: (event: TelegramEvent) => void): () => void;
  /** The next event of that type, after this call. Rejects after `timeoutMs`. */
  when<T extends TelegramEvent['type']>(
    type: T,
    matches?: (event: EventOf<T>) => boolean,
    timeoutMs?: number,
  ): Promise<EventOf<T>>;
  /** Resolves once the condition holds; it is tried now and after every event, with its consequences. Rejects after `timeoutMs`. */
  until(condition: () => boolean, timeoutMs?: number): Promise<void>;
};

export function createEvents(now: () => number): Events {
  const listeners = new Set<(event: TelegramEvent) => void>();
  const on: Events['on'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  /** `look` is called after every event, and says by `found` that the wait is over. */
  const wait = <T>(
    what: string,
    timeoutMs: number,
    look: (event: TelegramEvent, found: (value: T) => void) => void,
  ) =>
    new Promise<T>((resolve, reject) => {
      const off = on((event) => look(event, end));
      const timer = setTimeout(() => {
        off();
        reject(new Error(`The Telegram of the tests: no ${what} within ${timeoutMs} ms`));
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
      const timed: TelegramEvent = { ...event, atMs: now() };
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

function isOf<T extends TelegramEvent['type']>(event: TelegramEvent, type: T): event is EventOf<T> {
  return event.type === type;
}

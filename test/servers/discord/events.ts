import type { ChatMessage } from './message.ts';
import type { Json } from './wire.ts';

/** One request as it arrived. Its status is set once it is answered; 499: the client has no whole answer. */
export type ReceivedRequest = {
  readonly id: number;
  readonly method: string;
  /** Below the version, such as `/channels/1/messages`. */
  readonly path: string;
  /** The path with names in the place of ids, such as `/channels/:channel/messages`. */
  readonly route: string;
  readonly channel: string | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly receivedAtMs: number;
  readonly status: number | undefined;
  /** The code of a refusal. */
  readonly code: number | undefined;
  readonly endedAtMs: number | undefined;
};

/** What happened, in order; `atMs` is the server's clock. */
type DiscordEvent = { readonly atMs: number } & (
  | { readonly type: 'request' | 'answer'; readonly request: ReceivedRequest }
  | {
      readonly type: 'sent' | 'edited' | 'deleted';
      readonly by: 'bot' | 'person';
      readonly channel: string;
      readonly message: ChatMessage;
    }
  | { readonly type: 'reaction'; readonly channel: string; readonly message: ChatMessage }
  | { readonly type: 'typing'; readonly channel: string; readonly user: string }
  /** A phone that would have rung. */
  | {
      readonly type: 'ping';
      readonly channel: string;
      readonly person: string;
      readonly message: ChatMessage;
    }
  /** The bot answered an interaction with this callback type. */
  | { readonly type: 'callback'; readonly interaction: string; readonly callback: number }
  | { readonly type: 'commands'; readonly guild: string | undefined; readonly names: readonly string[] }
  /** A 429. */
  | {
      readonly type: 'refused';
      readonly route: string;
      readonly retryAfterSeconds: number;
      readonly global: boolean;
    }
  | { readonly type: 'connected'; readonly url: string }
  | { readonly type: 'disconnected'; readonly code: number; readonly by: 'client' | 'server' }
  | { readonly type: 'identified' | 'resumed'; readonly session: string }
  | { readonly type: 'heartbeat' }
  /** What a connection was sent. */
  | { readonly type: 'dispatch'; readonly name: string; readonly session: string; readonly data: Json }
);

type WithoutTime<T> = T extends unknown ? Omit<T, 'atMs'> : never;
type NewEvent = WithoutTime<DiscordEvent>;
type Fitting<E, T> = E extends { readonly type: infer All }
  ? T extends All
    ? E & { readonly type: T }
    : never
  : never;
type EventOf<T extends DiscordEvent['type']> = Fitting<DiscordEvent, T>;

const DEFAULT_TIMEOUT_MS = 10_000;

export type Events = {
  emit(event: NewEvent): void;
  on(listener: (event: DiscordEvent) => void): () => void;
  /** The next event of that type, after this call. Rejects after `timeoutMs`. */
  when<T extends DiscordEvent['type']>(
    type: T,
    matches?: (event: EventOf<T>) => boolean,
    timeoutMs?: number,
  ): Promise<EventOf<T>>;
  /** Resolves once the condition holds; it is tried now and after every event, with its consequences. Rejects after `timeoutMs`. */
  until(condition: () => boolean, timeoutMs?: number): Promise<void>;
};

export function createEvents(now: () => number): Events {
  const listeners = new Set<(event: DiscordEvent) => void>();
  const on: Events['on'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  /** `look` is called after every event, and says by `found` that the wait is over. */
  const wait = <T>(
    what: string,
    timeoutMs: number,
    look: (event: DiscordEvent, found: (value: T) => void) => void,
  ) =>
    new Promise<T>((resolve, reject) => {
      const off = on((event) => look(event, end));
      const timer = setTimeout(() => {
        off();
        reject(new Error(`The Discord of the tests: no ${what} within ${timeoutMs} ms`));
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
      const timed: DiscordEvent = { ...event, atMs: now() };
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

function isOf<T extends DiscordEvent['type']>(event: DiscordEvent, type: T): event is EventOf<T> {
  return event.type === type;
}

import type { Json } from './wire.ts';

/** Something that the gateway tells. */
export type Dispatch = {
  readonly name: string;
  /** The intent that a session needs for it; 0: none. */
  readonly intent: number;
  /** What a session gets: without the intent for it, message content is missing. */
  data(readsContent: boolean): Json;
};

type Sent = { readonly seq: number; readonly text: string; readonly name: string; readonly data: Json };

export type Session = {
  readonly id: string;
  readonly intents: number;
  seq: number;
  /** The last dispatches, for RESUME. */
  readonly sent: Sent[];
  /** Undefined while the client is away. */
  send: ((sent: Sent) => void) | undefined;
};

/** So many dispatches can be replayed at least. */
const KEPT = 5_000;

export type Sessions = {
  open(intents: number): Session;
  find(id: unknown): Session | undefined;
  /** It can be resumed no longer. */
  end(id: string): void;
  all(): readonly Session[];
  tell(dispatch: Dispatch, only?: Session): void;
};

export function createSessions(readsContent: (session: Session) => boolean): Sessions {
  const sessions = new Map<string, Session>();
  let last = 0;
  return {
    open(intents) {
      last += 1;
      const session: Session = { id: `session-${last}`, intents, seq: 0, sent: [], send: undefined };
      sessions.set(session.id, session);
      return session;
    },
    find: (id) => (typeof id === 'string' ? sessions.get(id) : undefined),
    end: (id) => void sessions.delete(id),
    all: () => [...sessions.values()],
    tell({ name, intent, data }, only) {
      for (const session of only ? [only] : sessions.values()) {
        if (intent !== 0 && (session.intents & intent) === 0) continue;
        session.seq += 1;
        const shown = data(readsContent(session));
        const text = JSON.stringify({ op: 0, t: name, s: session.seq, d: shown });
        const sent = { seq: session.seq, text, name, data: shown };
        session.sent.push(sent);
        if (session.sent.length > 2 * KEPT) session.sent.splice(0, KEPT);
        session.send?.(sent);
      }
    },
  };
}

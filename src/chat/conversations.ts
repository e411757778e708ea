import type { Keep, Log, LogEntry } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { ConversationEntry, Exchange, Joined } from './exchange.ts';

/** No model's context holds more turns than this. */
const HISTORY_ENTRIES = 400;

type Kept<E> = { readonly id: string; readonly cursor: string; readonly entry: E };
export type KeptEntry = Kept<ConversationEntry>;

/** What was said in each chat and thread, and what the chat chose. Keys are those of `conversationOf`. */
export type Conversations = {
  /** Keeps how a question ended. A second outcome of the same job is not kept: the first one comes back. */
  record(conversation: string, job: string, exchange: Exchange): Promise<KeptEntry>;
  /** Keeps that the message which would have been job `id` is part of another job's question. */
  join(conversation: string, id: string, joined: Joined): Promise<void>;
  /** The outcome of a job, if it has one, or which other job took its question in. */
  find(conversation: string, job: string): Promise<Kept<ConversationEntry | Joined> | undefined>;
  /** The exchanges since the last new start, oldest first. */
  history(conversation: string): Promise<readonly Exchange[]>;
  entries(conversation: string, after: string | undefined): Promise<readonly KeptEntry[]>;
  startNew(conversation: string, id: string, at: number): Promise<KeptEntry>;
  chosenModel(conversation: string): Promise<string | null>;
  chooseModel(conversation: string, model: string | null): Promise<void>;
};

export function createConversations(log: Log, store: Store, keep: () => Keep): Conversations {
  const stream = (conversation: string) => `conversation:${conversation}`;
  const settings = (conversation: string) => `chat:${conversation}`;

  async function append<E extends ConversationEntry | Joined>(conversation: string, id: string, entry: E) {
    return kept<E>((await log.append(stream(conversation), id, entry, keep())).entry);
  }

  async function range(conversation: string, query: { after?: string; limit: number }) {
    const entries = (await log.range(stream(conversation), query)).map(kept<ConversationEntry | Joined>);
    return entries.filter((one): one is KeptEntry => one.entry.kind !== 'joined');
  }

  return {
    record: append,
    join: async (conversation, id, joined) => void (await append(conversation, id, joined)),

    async find(conversation, job) {
      const entry = await log.find(stream(conversation), job);
      return entry && kept(entry);
    },

    async history(conversation) {
      const entries = await range(conversation, { limit: HISTORY_ENTRIES });
      const start = entries.findLastIndex(({ entry }) => entry.kind === 'new');
      // What was asked before a new start may have ended after it.
      const beganAt = entries[start]?.entry.at ?? 0;
      return entries
        .slice(start + 1)
        .flatMap(({ entry }) => (entry.kind === 'exchange' && entry.takenAt >= beganAt ? [entry] : []));
    },

    entries: (conversation, after) =>
      range(conversation, { ...(after !== undefined && { after }), limit: keep().entries }),

    startNew: (conversation, id, at) => append(conversation, id, { kind: 'new', at }),

    async chosenModel(conversation) {
      const value = await store.get(settings(conversation));
      return chosenIn(value);
    },

    async chooseModel(conversation, model) {
      await store.update(settings(conversation), (value) => ({ ...(value as object | undefined), model }));
    },
  };
}

function kept<E>({ id, cursor, value }: LogEntry): Kept<E> {
  return { id, cursor, entry: value as E };
}

function chosenIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('model' in value)) return null;
  return typeof value.model === 'string' ? value.model : null;
}

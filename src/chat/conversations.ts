import type { Keep, Log, LogEntry } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { ConversationEntry, Exchange } from './exchange.ts';

/** No model's context holds more turns than this. */
const HISTORY_ENTRIES = 400;

export type KeptEntry = { readonly id: string; readonly cursor: string; readonly entry: ConversationEntry };

/** What was said in each chat and thread, and what the chat chose. Keys are those of `conversationOf`. */
export type Conversations = {
  /** Keeps how a question ended. A second outcome of the same job is not kept: the first one comes back. */
  record(conversation: string, job: string, exchange: Exchange): Promise<KeptEntry>;
  /** The outcome of a job, if it has one. */
  find(conversation: string, job: string): Promise<KeptEntry | undefined>;
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

  async function append(conversation: string, id: string, entry: ConversationEntry): Promise<KeptEntry> {
    return kept((await log.append(stream(conversation), id, entry, keep())).entry);
  }

  async function range(conversation: string, query: { after?: string; limit: number }) {
    return (await log.range(stream(conversation), query)).map(kept);
  }

  return {
    record: append,

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

function kept({ id, cursor, value }: LogEntry): KeptEntry {
  return { id, cursor, entry: value as ConversationEntry };
}

function chosenIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('model' in value)) return null;
  return typeof value.model === 'string' ? value.model : null;
}

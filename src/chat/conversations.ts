import type { Keep, Log, LogEntry } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { ConversationEntry, Exchange, Joined } from './exchange.ts';

/** No model's context holds more turns than this. */
const HISTORY_ENTRIES = 400;

type Kept<E> = { readonly id: string; readonly cursor: string; readonly entry: E };
/** What a chat chose, as it is stored; null and what is missing: nothing. */
type Settings = { readonly model?: string | null; readonly systemPrompt?: string | null };
export type KeptEntry = Kept<ConversationEntry>;

/** So long after a conversation was forgotten it is known which messages were pieces of its questions. */
const PIECES_KNOWN_MS = 2 * 86_400_000;

/** What was said in each chat and thread, and what the chat chose. Keys are those of `conversationOf`. */
export type Conversations = {
  /** Keeps how a question ended. A second outcome of the same job is not kept: the first one comes back. */
  record(conversation: string, job: string, exchange: Exchange): Promise<KeptEntry>;
  /** Keeps that the message which would have been job `id` is part of another job's question. */
  join(conversation: string, id: string, joined: Joined): Promise<void>;
  /** The outcome of a job, if it has one, or which other job took its question in. */
  find(conversation: string, job: string): Promise<Kept<ConversationEntry | Joined> | undefined>;
  /**
   * The exchanges since the last new start, oldest first, without those in whose place another was answered, and
   * without that of the job `without`.
   */
  history(conversation: string, without?: string): Promise<readonly Exchange[]>;
  entries(conversation: string, after: string | undefined): Promise<readonly KeptEntry[]>;
  /** The last exchange that fits, also from before a new start. */
  last(
    conversation: string,
    fits: (exchange: Exchange) => boolean,
  ): Promise<(Exchange & { readonly job: string }) | undefined>;
  startNew(conversation: string, id: string, at: number): Promise<KeptEntry>;
  /** Removes all that was said, and begins anew. What the chat chose stays. */
  forget(conversation: string, id: string, at: number): Promise<KeptEntry>;
  chosenModel(conversation: string): Promise<string | null>;
  chooseModel(conversation: string, model: string | null): Promise<void>;
  systemPrompt(conversation: string): Promise<string | null>;
  setSystemPrompt(conversation: string, systemPrompt: string | null): Promise<void>;
};

export function createConversations(log: Log, store: Store, keep: () => Keep): Conversations {
  const stream = (conversation: string) => `conversation:${conversation}`;
  const pieces = (conversation: string) => `pieces:${conversation}`;
  const settings = (conversation: string) => `chat:${conversation}`;

  async function append<E extends ConversationEntry | Joined>(conversation: string, id: string, entry: E) {
    return kept<E>((await log.append(stream(conversation), id, entry, keep())).entry);
  }

  async function rangeOfAll(conversation: string, query: { after?: string; limit: number }) {
    return (await log.range(stream(conversation), query)).map(kept<ConversationEntry | Joined>);
  }

  async function range(conversation: string, query: { after?: string; limit: number }) {
    const entries = await rangeOfAll(conversation, query);
    return entries.filter((one): one is KeptEntry => one.entry.kind !== 'joined');
  }

  async function setting(conversation: string, name: keyof Settings): Promise<string | null> {
    const { [name]: value } = ((await store.get(settings(conversation))) ?? {}) as Settings;
    return typeof value === 'string' ? value : null;
  }

  async function set(conversation: string, change: Settings): Promise<void> {
    await store.update(settings(conversation), (value) => ({
      ...(value as Settings | undefined),
      ...change,
    }));
  }

  return {
    record: append,
    join: async (conversation, id, joined) => void (await append(conversation, id, joined)),

    async find(conversation, job) {
      const streams = [stream(conversation), pieces(conversation)];
      const [entry, piece] = await Promise.all(streams.map((one) => log.find(one, job)));
      const found = entry ?? piece;
      return found && kept(found);
    },

    async history(conversation, without) {
      const entries = await range(conversation, { limit: HISTORY_ENTRIES });
      const start = entries.findLastIndex(({ entry }) => entry.kind === 'new');
      // What was asked before a new start may have ended after it.
      const beganAt = entries[start]?.entry.at ?? 0;
      const exchanges = entries
        .slice(start + 1)
        .flatMap(({ id, entry }) =>
          entry.kind === 'exchange' && entry.takenAt >= beganAt ? [{ id, entry }] : [],
        );
      const replaced = exchanges.map(({ entry: { question, outcome } }) =>
        outcome.kind === 'answer' ? question.insteadOf : undefined,
      );
      return exchanges.filter(({ id }) => id !== without && !replaced.includes(id)).map(({ entry }) => entry);
    },

    entries: (conversation, after) =>
      range(conversation, { ...(after !== undefined && { after }), limit: keep().entries }),

    async last(conversation, fits) {
      const entries = await range(conversation, { limit: keep().entries });
      const exchanges = entries.flatMap(({ id, entry }) =>
        entry.kind === 'exchange' ? [{ ...entry, job: id }] : [],
      );
      return exchanges.findLast(fits);
    },

    startNew: (conversation, id, at) => append(conversation, id, { kind: 'new', at }),

    async forget(conversation, id, at) {
      // A question whose outcome is gone is still known to the queue. The further messages that it was made of
      // were never jobs: only this tells that they were taken. It holds no words.
      for (const { id: piece, entry } of await rangeOfAll(conversation, { limit: keep().entries })) {
        if (entry.kind !== 'joined' || entry.at < at - PIECES_KNOWN_MS) continue;
        await log.append(pieces(conversation), piece, entry, { ...keep(), ttlMs: PIECES_KNOWN_MS });
      }
      await log.clear(stream(conversation));
      return append(conversation, id, { kind: 'new', at });
    },

    chosenModel: (conversation) => setting(conversation, 'model'),
    chooseModel: (conversation, model) => set(conversation, { model }),
    systemPrompt: (conversation) => setting(conversation, 'systemPrompt'),
    setSystemPrompt: (conversation, systemPrompt) => set(conversation, { systemPrompt }),
  };
}

function kept<E>({ id, cursor, value }: LogEntry): Kept<E> {
  return { id, cursor, entry: value as E };
}

import type { Client } from '../../adapters/terminal/chat/client.ts';
import type { ConversationEvent } from '../../src/chat/front.ts';
import { OstlerError } from '../../src/errors.ts';
import { type Bot, createWithCursor } from './bot.ts';
import type { SeenEntry } from './judge.ts';
import type { Lives } from './lives.ts';
import type { Question } from './questions.ts';

type Connection = {
  readonly chat: string;
  readonly after: string | undefined;
  readonly entries: SeenEntry[];
};

type Watchers = {
  /** A question was acknowledged or has its outcome, for the first time. */
  readonly onProgress: () => void;
  /** Anything reached one of them. */
  readonly onEvent: () => void;
};

export type Crowd = {
  readonly acknowledged: ReadonlyMap<string, string>;
  readonly connections: readonly Connection[];
  /** Resolves when every question is acknowledged and its outcome was told. Rejects on a refusal. */
  readonly satisfied: Promise<unknown>;
  /** The followers leave. */
  leave(): void;
};

/** One sender and one follower for each chat, who come again after every kill until all is answered. */
export function createCrowd(
  lives: Lives,
  chats: readonly (readonly Question[])[],
  random: () => number,
  { onProgress, onEvent }: Watchers,
): Crowd {
  const acknowledged = new Map<string, string>();
  const connections: Connection[] = [];
  const leaving = new AbortController();
  const outcomes = new Map(chats.flat().map(({ text }) => [text, Promise.withResolvers<void>()] as const));
  const told = new Set<string>();

  async function send(question: Question): Promise<void> {
    while (!acknowledged.has(question.id)) {
      const bot = await lives.up();
      try {
        acknowledged.set(question.id, (await sendOnce(bot.client, question)).job);
      } catch (error) {
        // A refusal is an answer: only silence is tried again.
        if (error instanceof OstlerError) throw error;
        await bot.ended;
      }
    }
    onEvent();
    onProgress();
  }

  /** Like people: some wait for the answer before they go on, some don't. */
  async function ask(questions: readonly Question[]): Promise<void> {
    for (const question of questions) {
      await send(question);
      if (random() < 0.5) await outcomes.get(question.text)?.promise;
    }
  }

  function note(connection: Connection, event: ConversationEvent): void {
    onEvent();
    const entry = entryOf(event);
    if (!entry) return;
    connection.entries.push(entry);
    if (told.has(entry.question)) return;
    told.add(entry.question);
    onProgress();
    outcomes.get(entry.question)?.resolve();
  }

  /** `resumes`: it asks for what came after its cursor; else it reads everything again. */
  async function follow(chat: string, resumes: boolean): Promise<void> {
    let cursor: string | undefined;
    while (!leaving.signal.aborted) {
      const bot = await lives.up();
      const connection: Connection = { chat, after: resumes ? cursor : undefined, entries: [] };
      connections.push(connection);
      try {
        for await (const event of eventsAfter(bot, connection, leaving.signal)) note(connection, event);
      } catch {
        // The bot is gone: the next one goes on.
      }
      cursor = connection.entries.at(-1)?.cursor ?? cursor;
      await bot.ended;
    }
  }

  for (const [at, [first]] of chats.entries()) if (first) void follow(first.chat, at % 2 === 0);
  return {
    acknowledged,
    connections,
    satisfied: Promise.all([...chats.map(ask), ...[...outcomes.values()].map(({ promise }) => promise)]),
    leave: () => leaving.abort(),
  };
}

export async function sendOnce(client: Client, { id, chat, text }: Question) {
  const receipt = await client.send(chat, { id, text, images: [], standalone: false });
  if (receipt.kind === 'refused') throw new OstlerError(receipt.failure.message, receipt.failure);
  return receipt;
}

/** A chat's log from its beginning. */
export async function readLog({ client }: Bot, chat: string): Promise<readonly SeenEntry[]> {
  const leave = new AbortController();
  const entries: SeenEntry[] = [];
  for await (const event of client.events(chat, leave.signal)) {
    if (event.type === 'live') break;
    const entry = entryOf(event);
    if (entry) entries.push(entry);
  }
  leave.abort();
  return entries;
}

function entryOf(event: ConversationEvent): SeenEntry | undefined {
  if (event.type !== 'entry' || event.entry.kind !== 'exchange') return undefined;
  const { question, outcome } = event.entry;
  return { id: event.id, cursor: event.cursor, question: question.text, outcome };
}

function eventsAfter({ call }: Bot, { chat, after }: Connection, signal: AbortSignal) {
  return createWithCursor(call, after).events(chat, signal);
}

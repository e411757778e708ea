import type { Outcome } from '../../src/chat/exchange.ts';
import { answerTo, type Question } from './questions.ts';
import type { Left } from './settle.ts';

/** An outcome as a follower is told it; `id` is the job's, `question` the text that it belongs to. */
export type SeenEntry = {
  readonly id: string;
  readonly cursor: string;
  readonly question: string;
  readonly outcome: Outcome;
};

/** What was seen from outside during a round. The judge knows nothing else. */
export type Seen = {
  /** Each chat's questions in the order of sending. */
  readonly chats: readonly (readonly Question[])[];
  /** The questions that were promised an answer, by their ids, and the jobs that they became. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** What each connection of a follower brought, in order; `after`: from which cursor it began. */
  readonly connections: readonly {
    readonly chat: string;
    readonly after: string | undefined;
    readonly entries: readonly SeenEntry[];
  }[];
  /** Each chat's log, read from its beginning at the end. */
  readonly logs: ReadonlyMap<string, readonly SeenEntry[]>;
  /** The conversations that Ollama was asked to go on with, in order. */
  readonly requests: readonly { readonly messages: readonly Turn[] }[];
  /** What was answered when it was sent once more at the end. */
  readonly resent: ReadonlyMap<string, string>;
  readonly left: Left;
  readonly kills: number;
};

type Turn = { readonly role: string; readonly content: string };

const KINDS = ['lost', 'doubled', 'out of order', 'incomplete', 'mixed', 'left over'] as const;
type Kind = (typeof KINDS)[number];
export type Fault = { readonly kind: Kind; readonly what: string };

export type Counts = Readonly<Record<Kind, number>>;

export type Verdict = {
  readonly faults: readonly Fault[];
  readonly counts: Counts;
  /** Outcomes that a connection was told a second time, as decisions allow for the instant of a kill. */
  readonly repeated: number;
};

/** Whether the promise held: one complete outcome for each acknowledged question, in the order of its chat. */
export function judge(seen: Seen): Verdict {
  const faults = [
    ...seen.chats.flatMap((questions) => [...judgeLog(seen, questions), ...judgeFollowers(seen, questions)]),
    ...judgeRequests(seen),
    ...judgeLeft(seen),
  ];
  const repeated = seen.connections.reduce((sum, connection) => sum + countRepeats(connection), 0);
  return { faults, counts: countFaults(faults), repeated };
}

export function countFaults(faults: readonly Fault[]): Counts {
  const count = (kind: Kind) => faults.filter((fault) => fault.kind === kind).length;
  return Object.fromEntries(KINDS.map((kind) => [kind, count(kind)])) as Record<Kind, number>;
}

function judgeLog(seen: Seen, questions: readonly Question[]): readonly Fault[] {
  const log = logOf(seen, questions);
  const faults: Fault[] = [];
  for (const { id, text } of questions) {
    const job = seen.acknowledged.get(id);
    if (job === undefined) {
      faults.push({ kind: 'lost', what: `${id} was never acknowledged` });
      continue;
    }
    const kept = log.filter((entry) => entry.id === job || entry.question === text);
    if (kept.length === 0) faults.push({ kind: 'lost', what: `${id} has no outcome` });
    if (kept.length > 1) faults.push({ kind: 'doubled', what: `${id} is ${kept.length} times in the log` });
    for (const entry of kept) {
      if (entry.id !== job || entry.question !== text) {
        faults.push({ kind: 'mixed', what: `${id} is kept as ${entry.id}, “${entry.question}”` });
      } else if (!isCompleteAnswer(entry.outcome, text)) {
        faults.push({ kind: 'incomplete', what: `${id} ended with ${shown(entry.outcome)}` });
      }
    }
    const again = seen.resent.get(id);
    if (again !== 'duplicate') faults.push({ kind: 'doubled', what: `${id}, sent once more, was ${again}` });
  }
  const found = [...new Set(log.map(({ question }) => question))];
  const expected = questions.map(({ text }) => text).filter((text) => found.includes(text));
  for (const [at, text] of found.entries()) {
    if (text !== expected[at])
      faults.push({ kind: 'out of order', what: `“${text}” is at ${at} of its log` });
  }
  return faults;
}

/** Who followed, and came again after every kill, has seen the log: nothing missing, nothing else. */
function judgeFollowers(seen: Seen, questions: readonly Question[]): readonly Fault[] {
  const log = logOf(seen, questions);
  const chat = questions[0]?.chat;
  const faults: Fault[] = [];
  const told = new Set<string>();
  for (const { after, entries } of seen.connections.filter((connection) => connection.chat === chat)) {
    const isNew = ({ cursor }: SeenEntry) => after === undefined || cursor > after;
    const expected = log.filter(isNew);
    for (const [at, entry] of firstOfEach(entries).filter(isNew).entries()) {
      told.add(entry.id);
      const known = log.find(({ id }) => id === entry.id);
      if (JSON.stringify(known) !== JSON.stringify(entry)) {
        faults.push({ kind: 'doubled', what: `${entry.id} was told differently from what is kept` });
      } else if (expected[at]?.id !== entry.id) {
        faults.push({ kind: 'out of order', what: `${entry.id} was told where ${expected[at]?.id} is kept` });
      }
    }
  }
  for (const { id } of log) {
    if (!told.has(id)) faults.push({ kind: 'lost', what: `${id} was kept and never told` });
  }
  return faults;
}

/** A question reaches Ollama with exactly its own chat's earlier exchanges, and not after its end. */
function judgeRequests({ chats, requests, kills }: Seen): readonly Fault[] {
  const faults: Fault[] = [];
  const asked = new Map<string, number>();
  const latest = new Map<string, number>();
  const places = new Map(
    chats.flatMap((questions) => questions.map(({ text }, at) => [text, { questions, at }] as const)),
  );
  for (const { messages } of requests) {
    const text = messages.at(-1)?.content ?? '';
    const place = places.get(text);
    if (!place) {
      faults.push({ kind: 'mixed', what: `nobody asked “${text}”` });
      continue;
    }
    const { questions, at } = place;
    const chat = questions[0]?.chat ?? '';
    const history = questions.slice(0, at).flatMap((earlier) => [earlier.text, answerTo(earlier.text)]);
    const sent = messages.slice(0, -1).map(({ content }) => content);
    if (JSON.stringify(sent) !== JSON.stringify(history)) {
      faults.push({
        kind: 'mixed',
        what: `“${text}” was sent with another history: ${JSON.stringify(sent)}`,
      });
    }
    if (at < (latest.get(chat) ?? 0)) faults.push({ kind: 'out of order', what: `“${text}” was asked late` });
    latest.set(chat, at);
    asked.set(text, (asked.get(text) ?? 0) + 1);
  }
  for (const [text, times] of asked) {
    if (times > kills + 1) faults.push({ kind: 'doubled', what: `“${text}” was asked ${times} times` });
  }
  return faults;
}

function judgeLeft({ left }: Seen): readonly Fault[] {
  return Object.entries(left).flatMap(([where, count]) =>
    count === 0 ? [] : [{ kind: 'left over', what: `${where}: ${count}` } as const],
  );
}

/** Outcomes that this follower had already been told, on this connection or before its cursor. */
function countRepeats({ after, entries }: Seen['connections'][number]): number {
  const fresh = firstOfEach(entries).filter(({ cursor }) => after === undefined || cursor > after);
  return entries.length - fresh.length;
}

function firstOfEach(entries: readonly SeenEntry[]): readonly SeenEntry[] {
  return entries.filter(({ id }, at) => entries.findIndex((other) => other.id === id) === at);
}

function logOf({ logs }: Seen, questions: readonly Question[]): readonly SeenEntry[] {
  return logs.get(questions[0]?.chat ?? '') ?? [];
}

function isCompleteAnswer(outcome: Outcome, question: string): boolean {
  return outcome.kind === 'answer' && outcome.answer.text === answerTo(question);
}

function shown(outcome: Outcome): string {
  return outcome.kind === 'answer' ? `the answer “${outcome.answer.text}”` : JSON.stringify(outcome);
}

import type { Client, Given, Outgoing } from '../../../adapters/terminal/chat/client.ts';
import type { CachePart } from '../../../src/cache/response-cache.ts';
import type { Said } from '../../../src/chat/command.ts';
import type { Answer, Outcome } from '../../../src/chat/exchange.ts';
import type { ConversationEvent, Receipt } from '../../../src/chat/front.ts';
import type { UnloadAnswer } from '../../../src/chat/progress.ts';
import type { StatusView } from '../../../src/chat/status-view.ts';
import type { CacheStats } from '../../../src/stats/cache-stats.ts';
import { statsOfCache } from '../../fakes/cache-stats.ts';

export const WIDTH = 40;

/** What was written, as a terminal or as a pipe. */
export function fakeStream(isTTY = false) {
  let written = '';
  const began = Promise.withResolvers<void>();
  return {
    isTTY,
    columns: WIDTH,
    write: (text: string) => {
      written += text;
      began.resolve();
    },
    /** Resolves at the first word. */
    began: began.promise,
    written: () => written,
  };
}

export const JOB = 'job-1';

export function answerOf(text: string, more: Partial<Answer> = {}): Answer {
  return {
    text,
    from: 'local',
    provenance: { model: 'qwen2.5:7b', by: 'rule', rule: 'fast', reason: 'The rule fast matches.' },
    finished: 'stop',
    promptTokens: 5,
    tokens: 3,
    seconds: 1.25,
    waitSeconds: 0.5,
    ...more,
  };
}

export function ended(outcome: Outcome): ConversationEvent {
  const question = { text: 'hello', images: [], person: { id: 'terminal' }, sentAt: 0, standalone: true };
  const entry = { kind: 'exchange', question, outcome, takenAt: 0, at: 0 } as const;
  return { type: 'entry', id: JOB, cursor: '1', entry };
}

export const answered = (text: string) => ended({ kind: 'answer', answer: answerOf(text) });
export const said = (text: string): ConversationEvent => ({ type: 'text', job: JOB, text });
export const away: ConversationEvent = {
  type: 'progress',
  job: JOB,
  progress: { stage: 'queued', waitsFor: 'ollama', ahead: 0 },
  words: 'Ollama cannot be reached',
};
export const reading: ConversationEvent = {
  type: 'progress',
  job: JOB,
  progress: { stage: 'generating', model: 'm' },
  words: 'm is reading',
};

/** What happens to one connection: events, and then the connection is lost or stays silent. */
export type Connection = {
  readonly receipt?: Receipt;
  readonly events: readonly ConversationEvent[];
  readonly ends?: 'silence' | 'lost';
  /** What a command says, or how it fails; left out: the connection is lost. */
  readonly said?: Said | Error;
  /** What takes the place of that. */
  readonly more?: readonly Said[];
  /** The last that is said once it was stopped, where it ends in silence. */
  readonly stopped?: Said;
};

/** A bot that says what is written here, connection after connection. */
export function fakeBot(
  connections: readonly Connection[],
  status: Partial<StatusView> = {},
  stats: CacheStats = statsOfCache(),
  /** What is said to be left in the cache after it was cleared. */
  left?: string,
) {
  const cleared: (CachePart | undefined)[] = [];
  const sent: (Outgoing & { readonly chat: string })[] = [];
  const given: (Given & { readonly chat: string })[] = [];
  const stopped: string[] = [];
  const agreed: (UnloadAnswer & { readonly job: string })[] = [];
  const stop = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<void>();
  const silent = Promise.withResolvers<void>();
  const script = connections.values();
  let closed = 0;
  const view: StatusView = {
    version: '1',
    ollama: { url: 'http://x', reachable: false, detail: 'Ollama at http://x cannot be reached.' },
    waiting: 0,
    running: 0,
    simulated: false,
    models: [],
    ...status,
  };

  function connect(connection: Connection): Client {
    return {
      status: async () => view,
      send: async (chat, message) => {
        sent.push({ ...message, chat });
        return connection.receipt ?? { kind: sent.length === 1 ? 'taken' : 'duplicate', job: JOB };
      },
      async *give(chat, command, signal) {
        given.push({ ...command, chat });
        const { said = new Error('the connection ended'), more = [] } = connection;
        if (said instanceof Error) throw said;
        const { stopped: whenStopped } = connection;
        if (command.name === 'stop') {
          stop.resolve();
          yield { markdown: '' };
          return;
        }
        yield said;
        yield* more;
        if (connection.ends === 'silence' && signal && whenStopped) {
          silent.resolve();
          await stop.promise;
          yield whenStopped;
        }
      },
      agree: async (_, job, answer) => {
        agreed.push({ job, ...answer });
        decided.resolve();
      },
      stop: async (_, job) => void stopped.push(job),
      cacheStats: async () => stats,
      async clearCache(part) {
        cleared.push(part);
        return left === undefined ? {} : { words: left };
      },
      async *events(_, signal) {
        yield* connection.events;
        if (connection.ends !== 'silence') return;
        silent.resolve();
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
        throw signal.reason;
      },
    };
  }

  return {
    sent,
    given,
    stopped,
    agreed,
    /** Resolves once somebody has decided. */
    decided: decided.promise,
    cleared,
    /** Resolves once a connection has said all it will. */
    silence: silent.promise,
    closed: () => closed,
    reach:
      (own = false) =>
      async () => ({
        client: connect(script.next().value ?? { events: [], ends: 'silence' }),
        own,
        close: async () => {
          closed += 1;
        },
      }),
  };
}

import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { CachePart } from '../../../src/cache/response-cache.ts';
import { progressEvent } from '../../../src/chat/describe-progress.ts';
import type { Answer, ConversationEntry, Outcome, Question } from '../../../src/chat/exchange.ts';
import type { ConversationEvent, Front } from '../../../src/chat/front.ts';
import { type Address, conversationOf, jobIdOf, type Message } from '../../../src/chat/message.ts';
import type { Progress, UnloadAnswer } from '../../../src/chat/progress.ts';
import type { Foresight, ModelView, StatusView } from '../../../src/chat/status-view.ts';
import { type Failure, OstlerError } from '../../../src/errors.ts';
import type { Order, SwitchEvent } from '../../../src/models/switching.ts';
import type { Presence } from '../../../src/people/presence.ts';
import type { Standing } from '../../../src/people/role.ts';
import type { CacheStats } from '../../../src/stats/cache-stats.ts';
import type { Parts } from '../../../src/stats/health.ts';
import type { LlmStats } from '../../../src/stats/llm-stats.ts';
import type { MemoryView } from '../../../src/stats/memory-view.ts';
import { statsOfCache } from '../../fakes/cache-stats.ts';
import { statsOfModels } from '../../fakes/llm-stats.ts';

type Running = { question: Question; progress: Progress; thinking: string; text: string };
type Listener = (event: ConversationEvent) => void;
type Conversation = {
  readonly entries: { id: string; cursor: string; entry: ConversationEntry }[];
  readonly running: Map<string, Running>;
  readonly listeners: Set<Listener>;
  chosen: string | null;
};

const MODELS: readonly ModelView[] = [
  {
    tag: 'qwen2.5:7b',
    aliases: ['code'],
    state: 'ready',
    sizeBytes: 4.7e9,
    capabilities: ['completion'],
  },
  {
    tag: 'llama3.2:3b',
    aliases: ['fast'],
    state: 'not_loaded',
    sizeBytes: 2.0e9,
    capabilities: ['completion'],
  },
  {
    tag: 'qwen2.5:32b',
    aliases: [],
    state: 'loading',
    sizeBytes: 19.9e9,
    capabilities: ['completion'],
  },
  {
    tag: 'llava:13b',
    aliases: [],
    state: 'failed',
    reason: 'not enough memory',
    sizeBytes: 8e9,
    capabilities: ['vision'],
  },
];

/** A house in memory whose models say what the test says. */
export function createFakeFront() {
  const conversations = new Map<string, Conversation>();
  const homes = new Map<string, Conversation>();
  const received: Message[] = [];
  const invalidated: Message[] = [];
  const cleared: (CachePart | undefined)[] = [];
  const kept: { bytes: Uint8Array; mediaType: string }[] = [];
  const audited: unknown[] = [];
  const presences: Presence[] = [];
  const begunAnew = new Set<string>();
  const ordered: { readonly model: string; readonly tell: (event: SwitchEvent) => void }[] = [];
  const agreed: (UnloadAnswer & { readonly job: string })[] = [];
  const typed: string[] = [];
  let cancelled = 0;
  let openLoads = 0;
  let standing: Standing = 'user';
  let systemPrompt: string | null = null;
  let refusal: Failure | Error | undefined;
  let openFollows = 0;
  let cacheStats: Partial<CacheStats> = {};
  let llmStats: Partial<LlmStats> = {};
  let isCleared = true;
  let parts: Partial<Parts> = {};
  let memory: Partial<MemoryView> = {};
  let resyncs = 0;
  let foreseen: Partial<Foresight> = {};
  let asksFirst = false;
  let orders: readonly Order[] = [];
  let status: StatusView = {
    version: '0.1.0',
    ollama: { url: 'http://127.0.0.1:11434', reachable: true, detail: '0.12.1' },
    waiting: 0,
    running: 0,
    simulated: false,
    models: MODELS,
  };

  function conversation(address: Address): Conversation {
    const key = conversationOf(address);
    const known = conversations.get(key);
    if (known) return known;
    const made: Conversation = { entries: [], running: new Map(), listeners: new Set(), chosen: null };
    conversations.set(key, made);
    return made;
  }

  function tell(where: Conversation, event: ConversationEvent) {
    for (const listener of where.listeners) listener(event);
  }

  function log(where: Conversation, id: string, entry: ConversationEntry) {
    const kept = { id, cursor: String(where.entries.length + 1), entry };
    where.entries.push(kept);
    tell(where, { type: 'entry', ...kept });
  }

  function find(job: string): { where: Conversation; running: Running } {
    const where = homes.get(job);
    const running = where?.running.get(job);
    if (!where || !running) throw new Error(`nothing runs as ${job}`);
    return { where, running };
  }

  function finish(job: string, outcome: Outcome) {
    const { where, running } = find(job);
    where.running.delete(job);
    log(where, job, {
      kind: 'exchange',
      question: running.question,
      outcome,
      takenAt: Date.now(),
      at: Date.now(),
    });
  }

  function failIfAsked() {
    const failure = refusal;
    refusal = undefined;
    if (failure instanceof Error) throw failure;
    return failure;
  }

  const front: Front = {
    async standingOf(presence) {
      presences.push(presence);
      return standing;
    },
    meet: async () => undefined,
    approve: async (_by, id, role = 'user') => ({ platform: 'telegram', id, role }),
    block: async (_by, id) => ({ platform: 'telegram', id, role: 'blocked' }),
    reload: async () => ({ changed: ['llm'], waiting: [] }),
    groupsAreOpen: () => false,
    async admit() {
      const failure = failIfAsked();
      if (failure) throw new OstlerError(failure.message, failure);
    },
    audit: ({ address, person }, note, outcome) =>
      void audited.push({ chat: address.chat, person: person.id, ...note, outcome }),
    async receive(message) {
      const failure = failIfAsked();
      if (failure) return { kind: 'refused', failure };
      received.push(message);
      const job = jobIdOf(message);
      if (homes.has(job)) return { kind: 'duplicate', job };
      const where = conversation(message.address);
      homes.set(job, where);
      const { text, images, person, sentAt, standalone = false } = message;
      const question: Question = { text, images, person, sentAt, standalone };
      const progress: Progress = { stage: 'queued', waitsFor: 'turn', ahead: where.running.size };
      where.running.set(job, { question, progress, thinking: '', text: '' });
      tell(where, { type: 'asked', job, question });
      tell(where, progressEvent(job, progress));
      return { kind: 'taken', job };
    },
    revise: async () => ({ kind: 'unknown' }),
    jobs: () => [],
    again: async () => ({ kind: 'duplicate', job: '' }),
    last: async () => undefined,
    wouldRoute: async () => ({ model: 'qwen2.5:7b', reason: 'no rule matched' }),
    forget: async () => {},
    systemPrompt: async () => systemPrompt,
    async setSystemPrompt(_address, text) {
      systemPrompt = text;
    },
    now: () => Date.now(),
    async stop(address, { job } = {}) {
      const where = conversation(address);
      const jobs = [...where.running.keys()].filter((one) => job === undefined || one === job);
      for (const one of jobs) {
        finish(one, { kind: 'cancelled', text: where.running.get(one)?.text ?? '', model: 'qwen2.5:7b' });
      }
      return jobs.length;
    },
    async startNew(address, id) {
      if (id !== undefined && begunAnew.has(id)) return;
      if (id !== undefined) begunAnew.add(id);
      const where = conversation(address);
      await front.stop(address);
      log(where, `new${where.entries.length}`, { kind: 'new', at: Date.now() });
    },
    async choose(address, model) {
      if (model !== null && !status.models.some((one) => one.tag === model || one.aliases.includes(model))) {
        throw new OstlerError(`${model} is not installed.`, {
          code: 'not_installed',
          hint: `ollama pull ${model}`,
        });
      }
      conversation(address).chosen = model;
    },
    chosen: async (address) => conversation(address).chosen,
    async *follow(address, { after, signal }) {
      failIfAsked();
      const where = conversation(address);
      const events: ConversationEvent[] = where.entries
        .filter((one) => Number(one.cursor) > Number(after ?? 0))
        .map((one) => ({ type: 'entry', ...one }));
      for (const [job, { question, progress, thinking, text }] of where.running) {
        events.push({ type: 'asked', job, question }, progressEvent(job, progress));
        if (thinking) events.push({ type: 'thinking', job, text: thinking });
        if (text) events.push({ type: 'text', job, text });
      }
      events.push({ type: 'live' });
      let wake = () => {};
      const listener: Listener = (event) => {
        events.push(event);
        wake();
      };
      const onAbort = () => wake();
      signal.addEventListener('abort', onAbort);
      where.listeners.add(listener);
      openFollows += 1;
      try {
        while (!signal.aborted) {
          const event = events.shift();
          if (event) yield event;
          else {
            await new Promise<void>((resolve) => {
              wake = resolve;
              if (signal.aborted) resolve();
            });
          }
        }
      } finally {
        openFollows -= 1;
        where.listeners.delete(listener);
        signal.removeEventListener('abort', onAbort);
      }
    },
    async keepFile(bytes, mediaType) {
      if (!mediaType.startsWith('image/')) {
        throw new OstlerError('Only pictures can be sent.', { code: 'bad_input' });
      }
      kept.push({ bytes, mediaType });
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { sha256, mediaType, sizeBytes: bytes.length };
    },
    async load(_, model) {
      const failure = failIfAsked();
      if (failure) throw new OstlerError(failure.message, failure);
      const inbox = createInbox();
      ordered.push({ model, tell: inbox.put });
      openLoads += 1;
      return (async function* () {
        try {
          yield* inbox.take();
        } finally {
          openLoads -= 1;
        }
      })();
    },
    cancelLoads() {
      cancelled += 1;
      return ordered.length;
    },
    orders: () => orders,
    asksFirst: () => asksFirst,
    pinned: () => [],
    foresee: async (name) => ({
      model: status.models.find(({ aliases }) => aliases.includes(name))?.tag ?? name,
      verdict: { kind: 'fits' },
      needBytes: 0,
      aboutSeconds: 0,
      ...foreseen,
    }),
    unload: () => {},
    pin: async () => {},
    async *pull() {},
    async agree(_, job, answer) {
      agreed.push({ job, ...answer });
      return true;
    },
    typing: ({ chat }) => void typed.push(chat),
    status: () => status,
    memory: () => ({ gpu: null, inGpuBytes: new Map(), costs: new Map(), loading: undefined, ...memory }),
    async resync() {
      const failure = failIfAsked();
      if (failure) throw new OstlerError(failure.message, failure);
      resyncs += 1;
    },
    llmStats: () => statsOfModels({ ...llmStats, response_cache: front.cacheStats() }),
    cacheStats: () => statsOfCache(cacheStats),
    parts: async () => ({
      cache: front.cacheStats(),
      ollama: status.ollama,
      storeWorks: true,
      stopping: false,
      ...parts,
    }),
    async clearCache(part) {
      cleared.push(part);
      return isCleared;
    },
    async invalidate(question) {
      invalidated.push(question);
    },
  };

  return {
    front,
    received,
    cleared,
    invalidated,
    kept,
    audited,
    /** The loads that were ordered, and how each is told what becomes of it. */
    ordered,
    agreed,
    /** The chats in which somebody began to write. */
    typed,
    /** How often loads were given up. */
    cancelled: () => cancelled,
    /** How often what the server has was read anew. */
    resyncs: () => resyncs,
    /** Of how many loads somebody is told. */
    openLoads: () => openLoads,
    /** As whom the front was asked to serve. */
    presences,
    setStanding: (now: Standing) => {
      standing = now;
    },
    openFollows: () => openFollows,
    /** The next message, command or stream meets this instead. */
    refuseNext: (failure: Failure | Error) => {
      refusal = failure;
    },
    setStatus: (change: Partial<StatusView>) => {
      status = { ...status, ...change };
    },
    setMemory: (change: Partial<MemoryView>) => {
      memory = { ...memory, ...change };
    },
    /** What every load would come to. */
    setForeseen: (change: Partial<Foresight>) => {
      foreseen = change;
    },
    /** From now on people are asked before a model leaves the memory. */
    askFirst: () => {
      asksFirst = true;
    },
    setOrders: (...now: readonly Order[]) => {
      orders = now;
    },
    setCacheStats: (change: Partial<CacheStats>) => {
      cacheStats = change;
    },
    setLlmStats: (change: Partial<LlmStats>) => {
      llmStats = change;
    },
    setParts: (change: Partial<Parts>) => {
      parts = change;
    },
    /** From now on the second tier of the cache cannot be cleared. */
    keepSecondTier: () => {
      isCleared = false;
    },
    /** The job of the nth message that came. */
    async job(index: number): Promise<string> {
      await until(() => received.length > index);
      const message = received[index];
      if (!message) throw new Error(`message ${index} never came`);
      return jobIdOf(message);
    },
    progress(job: string, progress: Progress) {
      const { where, running } = find(job);
      running.progress = progress;
      tell(where, progressEvent(job, progress));
    },
    think(job: string, text: string) {
      const { where, running } = find(job);
      running.thinking += text;
      tell(where, { type: 'thinking', job, text });
    },
    say(job: string, text: string) {
      const { where, running } = find(job);
      running.text += text;
      tell(where, { type: 'text', job, text });
    },
    restart(job: string) {
      const { where, running } = find(job);
      running.text = '';
      tell(where, { type: 'restart', job });
    },
    fail: (job: string, failure: Failure) => finish(job, { kind: 'failure', failure }),
    answer(job: string, change: Partial<Answer> = {}) {
      const { running } = find(job);
      finish(job, { kind: 'answer', answer: { ...answerOf(running), ...change } });
    },
  };
}

/** What is put in comes out, until a load has ended. */
function createInbox() {
  const waiting: SwitchEvent[] = [];
  let wake = () => {};
  return {
    put(event: SwitchEvent) {
      waiting.push(event);
      wake();
    },
    async *take(): AsyncGenerator<SwitchEvent> {
      for (;;) {
        const event = waiting.shift();
        if (event) yield event;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (event && event.type !== 'progress') return;
      }
    },
  };
}

function answerOf(running: Running): Answer {
  return {
    text: running.text,
    ...(running.thinking && { thinking: running.thinking }),
    from: 'local',
    provenance: {
      model: 'qwen2.5:7b',
      by: 'rule',
      rule: 'code',
      reason: 'The rule “code” matches “function”.',
    },
    finished: 'stop',
    promptTokens: 42,
    tokens: 82,
    seconds: 3.2,
    waitSeconds: 1.2,
  };
}

/** Waits for what will happen soon; the test's own time-out is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(5);
}

import type { Exchange } from '../../src/chat/exchange.ts';
import type { Front, Receipt, Reloaded, Which } from '../../src/chat/front.ts';
import type { Address } from '../../src/chat/message.ts';
import type { UnloadAnswer } from '../../src/chat/progress.ts';
import type { Foreseen, StatusView } from '../../src/chat/status-view.ts';
import { OstlerError } from '../../src/errors.ts';
import type { Order, SwitchEvent } from '../../src/models/switching.ts';
import type { Verdict } from '../../src/models/verdict.ts';
import type { PullEvent } from '../../src/path/downloads.ts';
import type { Role } from '../../src/people/role.ts';
import type { AuditNote } from '../../src/ports/audit.ts';
import type { CacheStats } from '../../src/stats/cache-stats.ts';
import type { LlmStats } from '../../src/stats/llm-stats.ts';
import { statsOfCache } from '../fakes/cache-stats.ts';
import { statsOfModels } from '../fakes/llm-stats.ts';

type Asked =
  | { readonly stop: Address; readonly which: Which }
  | { readonly startNew: Address; readonly id: string | undefined }
  | { readonly choose: Address; readonly model: string | null }
  | { readonly again: Address; readonly job: string; readonly id: string; readonly model: string | undefined }
  | { readonly wouldRoute: Address; readonly text: string }
  | { readonly forget: Address; readonly id: string | undefined }
  | { readonly setSystemPrompt: Address; readonly text: string | null }
  | { readonly approve: string; readonly role: Role | undefined }
  | { readonly block: string }
  | { readonly reload: true }
  | { readonly load: string; readonly by: string }
  | { readonly unload: string }
  | { readonly pin: string; readonly isPinned: boolean }
  | { readonly pull: string; readonly by: string }
  | (UnloadAnswer & { readonly agree: string; readonly asker: string | undefined });

/** What was noted for the audit log. */
type Noted = AuditNote & { readonly outcome: string };

/** What the house would say; tests change it. */
type House = {
  cache: CacheStats;
  swaps: LlmStats;
  readonly exchanges: (Exchange & { readonly job: string })[];
  systemPrompt: string | null;
  foreseen: Foreseen;
  receipt: Receipt;
  now: number;
  groupsAreOpen: boolean;
  reloaded: Reloaded;
  /** What becomes of a load or a download that is ordered. */
  switching: readonly SwitchEvent[];
  pulling: readonly PullEvent[];
  verdict: Verdict;
  orders: readonly Order[];
  asksFirst: boolean;
  pinned: readonly string[];
  isAsked: boolean;
};

/** A house with one chat that answers nothing; only what commands ask of it is there. */
export function fakeFront(change: Partial<StatusView>, chosenAtFirst: string | null) {
  const status: StatusView = {
    version: '0.1.0',
    ollama: { url: 'http://gpu:11434', reachable: true, detail: 'Ollama 0.33.0' },
    waiting: 0,
    running: 0,
    simulated: false,
    models: [],
    ...change,
  };
  const asked: Asked[] = [];
  const noted: Noted[] = [];
  /** Whose questions run. */
  const running: string[] = [];
  const house: House = {
    cache: statsOfCache(),
    swaps: statsOfModels(),
    exchanges: [],
    systemPrompt: null,
    foreseen: { model: 'qwen2.5:7b', reason: 'no rule matched' },
    receipt: { kind: 'taken', job: 'j' },
    now: 1_000_000,
    groupsAreOpen: false,
    reloaded: { changed: [], waiting: [] },
    switching: [{ type: 'loaded', model: 'qwen2.5:7b', already: false, seconds: 12 }],
    pulling: [{ type: 'pulled' }],
    verdict: { kind: 'fits' },
    orders: [],
    asksFirst: false,
    pinned: [],
    isAsked: true,
  };
  /** Who ordered loads that have not ended. */
  const loading: string[] = [];
  let chosen = chosenAtFirst;
  const find = (name: string) =>
    status.models.find(({ tag, aliases }) => tag === name || aliases.includes(name));
  function requireKnown(model: string | null | undefined): void {
    if (model === null || model === undefined || find(model)) return;
    throw new OstlerError(`${model} is not installed.`, {
      code: 'not_installed',
      hint: `ollama pull ${model}`,
    });
  }
  const unexpected = () => {
    throw new Error('no command asks for this');
  };

  const front: Front = {
    standingOf: unexpected,
    meet: unexpected,
    admit: async () => {},
    audit: (_, note, outcome) => void noted.push({ ...note, outcome }),
    groupsAreOpen: () => house.groupsAreOpen,
    async approve(_, who, role) {
      asked.push({ approve: who, role });
      return { platform: 'test', id: '7', name: 'Eve', role: role ?? 'user' };
    },
    async block(_, who) {
      asked.push({ block: who });
      return { platform: 'test', id: '7', role: 'blocked' };
    },
    async reload() {
      asked.push({ reload: true });
      return house.reloaded;
    },
    receive: unexpected,
    revise: unexpected,
    follow: unexpected,
    keepFile: unexpected,
    status: () => status,
    memory: unexpected,
    resync: unexpected,
    llmStats: () => house.swaps,
    cacheStats: () => house.cache,
    parts: unexpected,
    clearCache: unexpected,
    invalidate: unexpected,
    now: () => house.now,
    jobs: () => running,
    async again(address, job, id, model) {
      asked.push({ again: address, job, id, model });
      requireKnown(model);
      return house.receipt;
    },
    last: async (_, which) =>
      house.exchanges.findLast(({ outcome }) => which === undefined || outcome.kind === 'answer'),
    async wouldRoute(address, text) {
      asked.push({ wouldRoute: address, text });
      return house.foreseen;
    },
    async forget(address, id) {
      asked.push({ forget: address, id });
    },
    systemPrompt: async () => house.systemPrompt,
    async setSystemPrompt(address, text) {
      asked.push({ setSystemPrompt: address, text });
      house.systemPrompt = text;
    },
    async stop(address, which = {}) {
      asked.push({ stop: address, which });
      const left = running.filter((person) => which.person !== undefined && which.person !== person);
      const stopped = running.length - left.length;
      running.splice(0, running.length, ...left);
      return stopped;
    },
    async startNew(address, id) {
      asked.push({ startNew: address, id });
    },
    async choose(address, model) {
      asked.push({ choose: address, model });
      requireKnown(model);
      chosen = model;
    },
    chosen: async () => chosen,
    async load(_, model, by) {
      requireKnown(model);
      asked.push({ load: model, by: by.id });
      return each(house.switching);
    },
    cancelLoads(_, by) {
      const left = loading.filter((person) => by !== undefined && person !== by.id);
      const cancelled = loading.length - left.length;
      loading.splice(0, loading.length, ...left);
      return cancelled;
    },
    orders: () => house.orders,
    asksFirst: () => house.asksFirst,
    pinned: () => house.pinned,
    async foresee(name) {
      requireKnown(name);
      return {
        model: find(name)?.tag ?? name,
        verdict: house.verdict,
        needBytes: 18e9,
        aboutSeconds: 24,
      };
    },
    unload(model) {
      requireKnown(model);
      asked.push({ unload: model });
    },
    async pin(model, isPinned) {
      requireKnown(model);
      asked.push({ pin: model, isPinned });
    },
    pull(_, model, by) {
      asked.push({ pull: model, by: by.id });
      return each(house.pulling);
    },
    async agree(_, job, answer, asker) {
      asked.push({ agree: job, ...answer, asker });
      return house.isAsked;
    },
    typing: unexpected,
  };
  return { front, house, asked, noted, running, loading, chosenNow: () => chosen };
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

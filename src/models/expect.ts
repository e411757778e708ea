import type { EstimatedSeconds, KeptRoom, LoadCost, Progress } from '../chat/progress.ts';
import { questionId } from './consents.ts';
import { expectWait } from './expect-wait.ts';
import { loadProgress } from './load-progress.ts';
import type { TimesOfModel } from './model-times.ts';
import type { Move } from './move.ts';
import { isParked } from './schedule/demand.ts';
import type { HostState, ModelState, WaitingJob } from './schedule/state.ts';

/** A job that waits: how many go before it in its chat, and what else keeps it from being begun. */
export type Waiting = {
  readonly id: string;
  readonly earlier: number;
  /** After an error, of its own or of its model's load. */
  readonly rests: boolean;
  /** Its pictures are on their way. */
  readonly fetches?: boolean;
  /** Its person is asked whether these may leave the memory for this model. */
  readonly asks?: { readonly model: string; readonly unloads: readonly string[] };
  /** Its model waits until these leave by themselves. */
  readonly kept?: KeptRoom | undefined;
};

/**
 * What each waiting job waits for, by its id; nothing for one of which nothing is known yet. `timesOf`: what a model's
 * loads and answers take, where that is known. Pure.
 */
export function expectations(
  waiting: readonly Waiting[],
  state: HostState,
  move: Move | undefined,
  running: number,
  timesOf: (model: string) => TimesOfModel | undefined,
): ReadonlyMap<string, Progress> {
  const turns = new Map(inTurn(state).map((job, index) => [job.id, { job, ahead: running + index }]));
  const waitOf = expectWait(state, timesOf);
  const result = new Map<string, Progress>();
  for (const job of waiting) {
    const turn = turns.get(job.id);
    const progress = job.asks
      ? askingFor(job.asks, state, timesOf)
      : turn && !job.rests
        ? expectTurn({ ...turn, kept: job.kept }, state, move, waitOf, timesOf)
        : expectLater(job, state);
    if (progress) result.set(job.id, progress);
  }
  return result;
}

/** What is told of a model on its way in, to whoever waits for it. Pure. */
export function expectMove(
  move: Move,
  state: Pick<HostState, 'models'>,
  timesOf: (model: string) => TimesOfModel | undefined,
): Progress {
  const { model, stage, unloading } = move;
  switch (stage) {
    case 'unloading': {
      const left = unloading.filter((victim) => isIn(state, victim, 'unloading'));
      const share = Math.round((1 - left.length / Math.max(1, unloading.length)) * 100) / 100;
      return { stage, model, unloading, share };
    }
    case 'loading':
    case 'initializing':
      return loadProgress(move, stage, timesOf(model));
  }
}

/** A load that was ordered: how many others were ordered earlier, and whether it rests after it failed. */
type Ordered = Pick<Waiting, 'kept'> & {
  readonly model: string;
  readonly before: number;
  readonly rests: boolean;
};

/** What is told of a load that was ordered. Pure. */
export function expectOrder(
  { model, before, rests, kept }: Ordered,
  state: HostState,
  move: Move | undefined,
  timesOf: (model: string) => TimesOfModel | undefined,
): Progress {
  if (!state.reachable) return { stage: 'queued', waitsFor: 'ollama', ahead: 0, model };
  if (move?.model === model) return expectMove(move, state, timesOf);
  if (rests) return { stage: 'queued', waitsFor: 'retry', ahead: 0, model };
  if (before > 0) return { stage: 'queued', waitsFor: 'order', ahead: before, model };
  if (kept) return { stage: 'queued', waitsFor: 'room', ahead: 0, model, kept };
  const victims = state.models.filter(({ tag }) => state.plan?.evict.includes(tag));
  const ahead = victims.reduce((sum, { running }) => sum + running, 0);
  return { stage: 'queued', waitsFor: 'model', ahead, model };
}

/** What the load of a model takes. Pure. */
export function costOf(
  tag: string,
  { models }: Pick<HostState, 'models'>,
  timesOf: (model: string) => TimesOfModel | undefined,
): LoadCost {
  const needBytes = models.find((model) => model.tag === tag)?.needBytes ?? 0;
  const times = timesOf(tag);
  return { needBytes, aboutSeconds: Math.round((times?.[times.expected].medianMs ?? 0) / 1_000) };
}

type Turn = Pick<Waiting, 'kept'> & { readonly job: WaitingJob; readonly ahead: number };

function expectTurn(
  { job, ahead, kept }: Turn,
  state: HostState,
  move: Move | undefined,
  waitOf: (job: WaitingJob) => EstimatedSeconds | undefined,
  timesOf: (model: string) => TimesOfModel | undefined,
): Progress {
  const { model } = job;
  if (!state.reachable) return { stage: 'queued', waitsFor: 'ollama', ahead, model };
  if (move?.model === model) return expectMove(move, state, timesOf);
  if (kept) return { stage: 'queued', waitsFor: 'room', ahead, model, kept };
  const estimate = move ? undefined : waitOf(job);
  const waitsFor = isIn(state, model, 'ready') ? 'turn' : 'model';
  return { stage: 'queued', waitsFor, ahead, model, ...(estimate && { estimate }) };
}

function askingFor(
  { model, unloads }: NonNullable<Waiting['asks']>,
  state: HostState,
  timesOf: (model: string) => TimesOfModel | undefined,
): Progress {
  const resident = unloads.find((tag) => isIn(state, tag, 'ready')) ?? '';
  const id = questionId({ model, evict: unloads });
  const cost = costOf(model, state, timesOf);
  return { stage: 'checking_memory', model, asks: { id, unloads, ...cost, resident } };
}

function isIn({ models }: Pick<HostState, 'models'>, model: string, where: ModelState['state']): boolean {
  return models.some(({ tag, state }) => tag === model && state === where);
}

/** Behind another question of its chat, resting after an error, or not looked at yet. */
function expectLater({ earlier, rests, fetches }: Waiting, state: HostState): Progress | undefined {
  const queued = { stage: 'queued', ahead: earlier } as const;
  if (!state.reachable) return { ...queued, waitsFor: 'ollama' };
  if (earlier > 0) return { ...queued, waitsFor: 'chat' };
  if (fetches) return { ...queued, waitsFor: 'pictures' };
  return rests ? { ...queued, waitsFor: 'retry' } : undefined;
}

/** The order in which the heads will be served as things stand: models in memory first, then model by model. */
function inTurn({ models, waiting: all }: HostState): readonly WaitingJob[] {
  const inMemory = new Set(models.flatMap(({ tag, state }) => (state === 'not_loaded' ? [] : [tag])));
  const waiting = all.filter((job) => !isParked(job));
  const byModel = Map.groupBy(waiting, (job) => job.model);
  const now = waiting.filter((job) => inMemory.has(job.model));
  const later = [...byModel].flatMap(([model, jobs]) => (inMemory.has(model) ? [] : jobs));
  return [...now, ...later];
}

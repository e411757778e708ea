import type { Progress } from '../chat/progress.ts';
import type { HostState, WaitingJob } from './schedule.ts';

/** A model on its way in. `forSeconds` counts from the beginning of its stage. */
export type Move = {
  readonly model: string;
  readonly stage: 'unloading' | 'loading';
  readonly unloading: readonly string[];
  readonly forSeconds: number;
};

/** A job that waits: how many go before it in its chat, and what else keeps it from being begun. */
export type Waiting = {
  readonly id: string;
  readonly earlier: number;
  /** After an error. */
  readonly rests: boolean;
  /** Its pictures are on their way. */
  readonly fetches?: boolean;
};

/** What each waiting job waits for, by its id; nothing for one of which nothing is known yet. Pure. */
export function expectations(
  waiting: readonly Waiting[],
  state: HostState,
  move: Move | undefined,
  running: number,
): ReadonlyMap<string, Progress> {
  const turns = new Map(inTurn(state).map((job, index) => [job.id, { job, ahead: running + index }]));
  const result = new Map<string, Progress>();
  for (const job of waiting) {
    const turn = turns.get(job.id);
    const progress = turn ? expectTurn(turn.job, turn.ahead, state, move) : expectLater(job, state);
    if (progress) result.set(job.id, progress);
  }
  return result;
}

function expectTurn(job: WaitingJob, ahead: number, state: HostState, move: Move | undefined): Progress {
  const { model } = job;
  if (!state.reachable) return { stage: 'queued', waitsFor: 'ollama', ahead, model };
  if (move?.model === model && move.stage === 'unloading') {
    return { stage: 'unloading', model, unloading: move.unloading };
  }
  if (move?.model === model) return { stage: 'loading', model, forSeconds: move.forSeconds };
  const resident = state.models.some(({ tag, state: where }) => tag === model && where === 'ready');
  return { stage: 'queued', waitsFor: resident ? 'turn' : 'model', ahead, model };
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
function inTurn({ models, waiting }: HostState): readonly WaitingJob[] {
  const inMemory = new Set(models.map((model) => model.tag));
  const byModel = Map.groupBy(waiting, (job) => job.model);
  const now = waiting.filter((job) => inMemory.has(job.model));
  const later = [...byModel].flatMap(([model, jobs]) => (inMemory.has(model) ? [] : jobs));
  return [...now, ...later];
}

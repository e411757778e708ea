import type { Progress } from '../chat/progress.ts';
import type { Job } from '../path/job.ts';
import type { HostState, WaitingJob } from './schedule.ts';

/** A model on its way in. `forSeconds` counts from the beginning of its stage. */
export type Move = {
  readonly model: string;
  readonly stage: 'unloading' | 'loading';
  readonly unloading: readonly string[];
  readonly forSeconds: number;
};

/** What each waiting job waits for, by its id. Pure. */
export function expectations(
  waiting: readonly Job[],
  state: HostState,
  move: Move | undefined,
  running: number,
): ReadonlyMap<string, Progress> {
  const turns = new Map(inTurn(state).map((job, index) => [job.id, { job, ahead: running + index }]));
  const before = new Map<string, number>();
  const result = new Map<string, Progress>();
  for (const { id, conversation } of waiting) {
    const earlier = before.get(conversation) ?? 0;
    before.set(conversation, earlier + 1);
    const turn = turns.get(id);
    result.set(id, turn ? expectTurn(turn.job, turn.ahead, state, move) : expectLater(earlier, state));
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

/** Behind another question of its chat, resting after an error, or not placed yet. */
function expectLater(earlier: number, state: HostState): Progress {
  return { stage: 'queued', waitsFor: state.reachable ? 'chat' : 'ollama', ahead: earlier };
}

/** The order in which the heads will be served as things stand: models in memory first, then model by model. */
function inTurn({ models, waiting }: HostState): readonly WaitingJob[] {
  const inMemory = new Set(models.map((model) => model.tag));
  const byModel = Map.groupBy(waiting, (job) => job.model);
  const now = waiting.filter((job) => inMemory.has(job.model));
  const later = [...byModel].flatMap(([model, jobs]) => (inMemory.has(model) ? [] : jobs));
  return [...now, ...later];
}

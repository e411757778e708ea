import type { HostState, ModelState, WaitingJob } from './state.ts';

/** Several answers at once slow each other down by this share for each further one. */
const SLOWDOWN = 0.2;
/** So many milliseconds of waiting weigh as much as another question. */
const AGE_WEIGHT_MS = 30_000;

/** A model and who waits for it. */
export type Demand = {
  readonly model: ModelState;
  /** Who waits for it, the oldest first. */
  readonly queue: readonly WaitingJob[];
  /** Questions that wait for it, older ones counting more. */
  readonly weight: number;
  /** Length of a load as things stand. */
  readonly loadMs: number;
  /** What it takes to answer everybody who waits for it. */
  readonly batchMs: number;
  /** The share of the GPU's time that its questions need. */
  readonly utilization: number;
  /** Only these may leave the memory for it; undefined: any that may at all. */
  readonly agreed?: readonly string[] | undefined;
};

/** Who waits for which model, and what each costs. Takes time in proportion to models and questions. */
export function demandOf(state: HostState, waiting: readonly WaitingJob[], now: number): readonly Demand[] {
  const queues = new Map<string, WaitingJob[]>(state.models.map(({ tag }) => [tag, []]));
  for (const job of waiting) queues.get(job.model)?.push(job);
  return state.models.map((model) => {
    const speedUp = model.slots / (1 + SLOWDOWN * (model.slots - 1));
    const queue = queues.get(model.tag) ?? [];
    const weight = queue.reduce((sum, { eligibleAt }) => sum + 1 + (now - eligibleAt) / AGE_WEIGHT_MS, 0);
    return {
      model,
      queue,
      weight,
      loadMs: loadMs(model, state.pageCache, now),
      batchMs: (queue.length * model.serviceMs) / speedUp,
      utilization: (model.arrivalRate * model.serviceMs) / speedUp,
    };
  });
}

function loadMs(model: ModelState, cache: HostState['pageCache'], now: number): number {
  if (cache.files.some(({ tag }) => tag === model.tag)) return model.warmLoadMs;
  const { staging } = cache;
  if (staging?.tag !== model.tag) return model.coldLoadMs;
  return Math.min(model.coldLoadMs, Math.max(0, staging.endsAt - now) + model.warmLoadMs);
}

/** Its person is asked: until they agree nobody waits for its model. */
export const isParked = ({ consent }: WaitingJob): boolean => consent?.kind === 'asked';

/** Left alone after a failed load. */
export const rests = ({ restsUntil }: Pick<ModelState, 'restsUntil'>, now: number): boolean =>
  restsUntil > now;

/**
 * The models that questions or a person's order could get next: nothing is loaded that is only wished for while there
 * are any, for it would be given up at once. Whoever waits for one that rests can wait for such a load.
 */
export function wantedNow(
  { models, waiting, order }: Pick<HostState, 'models' | 'waiting' | 'order'>,
  now: number,
): readonly string[] {
  const resting = new Set(models.flatMap((model) => (rests(model, now) ? [model.tag] : [])));
  const wanted = [...countingOf(waiting).map(({ model }) => model), ...(order === undefined ? [] : [order])];
  return wanted.filter((tag) => !resting.has(tag));
}

/** Questions in the background count only where there are no others. */
export function countingOf(waiting: readonly WaitingJob[]): readonly WaitingJob[] {
  const asked = waiting.filter(({ isBackground }) => !isBackground);
  return asked.length > 0 ? asked : waiting;
}

export const isInMemory = ({ model }: Demand): boolean => model.state !== 'not_loaded';

/** It answers, or somebody waits for it. */
export const isActive = ({ model, queue }: Demand): boolean => model.running > 0 || queue.length > 0;

/** Waiting people, older ones counting more, for each millisecond that they cost. */
export const scoreOf = ({ weight, loadMs: load, batchMs }: Demand): number => weight / (load + batchMs);

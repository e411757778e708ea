/** A question at the head of its chat. */
export type WaitingJob = {
  readonly id: string;
  readonly model: string;
  /** Monotonic milliseconds: when everything before it in its chat had ended. */
  readonly eligibleAt: number;
};

/** A model in memory, or on its way in or out. */
export type ModelInMemory = {
  readonly tag: string;
  readonly state: 'loading' | 'ready' | 'unloading';
  /** Questions that it is answering. */
  readonly running: number;
  readonly sizeBytes: number;
  /** Monotonic milliseconds. */
  readonly lastUsedAt: number;
  /** Loaded by another client: used, but never unloaded only for being idle. */
  readonly foreign: boolean;
};

/** Everything a decision needs to know of one Ollama. Plain data. */
export type HostState = {
  readonly host: string;
  readonly reachable: boolean;
  readonly models: readonly ModelInMemory[];
  /** In order of eligibility. */
  readonly waiting: readonly WaitingJob[];
  /** Models whose load failed, and until when they are left alone (monotonic milliseconds). */
  readonly resting: Readonly<Record<string, number>>;
  /** Answers at once from one model. */
  readonly parallel: number;
  readonly maxModels: number;
  readonly eviction: 'lru' | 'largest-first' | 'immediate';
  readonly unloadIdle: boolean;
};

export type Action =
  | { readonly type: 'start'; readonly job: string; readonly model: string }
  /** Unload `evict`, wait until they are gone, load `model`. */
  | { readonly type: 'load'; readonly model: string; readonly evict: readonly string[] }
  | { readonly type: 'unload'; readonly model: string }
  /** Decide again at this moment even if nothing happens. Monotonic milliseconds. */
  | { readonly type: 'wake'; readonly at: number };

/** So long may questions for models in memory go before an older one whose model is not. */
export const PATIENCE_MS = 60_000;

/**
 * Whose turn it is, which model comes in and which goes out: first in, first out within each model, one
 * load at a time. Pure. As long as nothing is known of the memory, a load runs alone: Ollama may then evict
 * what it must without meeting a question for its victim, which is what makes it hang.
 *
 * 1. Nothing moves while Ollama is away, or while a model is on its way in or out.
 * 2. `next` is the oldest question whose model is not in memory and not resting after a failed load.
 * 3. Once `next` has waited PATIENCE_MS, younger questions no longer go before it.
 * 4. Questions for models in memory start in order while slots are free.
 * 5. When no model answers anything any more, the model of `next` is loaded; the victims are the fewest
 *    that keep to `maxModels`, those without questions of their own first, in the order of `eviction`.
 * 6. With `unloadIdle`, a model of ours that nobody wants any more goes.
 * 7. Wake when patience ends, or when a model has rested.
 */
export function decide(state: HostState, now: number): readonly Action[] {
  // 1
  if (!state.reachable || state.models.some((model) => model.state !== 'ready')) return [];
  const ready = new Map(state.models.map((model) => [model.tag, model]));

  // 2
  const resting = (tag: string) => (state.resting[tag] ?? 0) > now;
  const next = state.waiting.find((job) => !ready.has(job.model) && !resting(job.model));

  // 3
  const patienceEndsAt = next === undefined ? Number.POSITIVE_INFINITY : next.eligibleAt + PATIENCE_MS;
  const held = (job: WaitingJob) =>
    next !== undefined && now >= patienceEndsAt && job.eligibleAt > next.eligibleAt;

  // 4
  const running = new Map(state.models.map((model) => [model.tag, model.running]));
  const starts: Action[] = [];
  for (const job of state.waiting) {
    const answering = running.get(job.model);
    if (answering === undefined || answering >= state.parallel || held(job)) continue;
    running.set(job.model, answering + 1);
    starts.push({ type: 'start', job: job.id, model: job.model });
  }
  const idle = [...running.values()].every((count) => count === 0);

  // 5
  if (next !== undefined && idle) {
    return [{ type: 'load', model: next.model, evict: victims(state) }];
  }

  // 6
  const wanted = new Set(state.waiting.map((job) => job.model));
  const leaves = (model: ModelInMemory) =>
    state.unloadIdle && !model.foreign && running.get(model.tag) === 0 && !wanted.has(model.tag);
  const unloads: Action[] = state.models.filter(leaves).map(({ tag }) => ({ type: 'unload', model: tag }));

  // 7
  const rests = state.waiting.flatMap((job) => (resting(job.model) ? [state.resting[job.model] ?? now] : []));
  const at = Math.min(...rests, patienceEndsAt > now ? patienceEndsAt : Number.POSITIVE_INFINITY);
  const wakes: Action[] = Number.isFinite(at) ? [{ type: 'wake', at }] : [];
  return [...starts, ...unloads, ...wakes];
}

function victims(state: HostState): readonly string[] {
  const excess = Math.max(0, state.models.length + 1 - state.maxModels);
  const wanted = new Set(state.waiting.map((job) => job.model));
  const order = (one: ModelInMemory, other: ModelInMemory) =>
    Number(wanted.has(one.tag)) - Number(wanted.has(other.tag)) ||
    (state.eviction === 'largest-first' && other.sizeBytes - one.sizeBytes) ||
    one.lastUsedAt - other.lastUsedAt;
  const unwanted = state.models.filter((model) => !wanted.has(model.tag)).length;
  const count = state.eviction === 'immediate' ? Math.max(excess, unwanted) : excess;
  return state.models
    .toSorted(order)
    .slice(0, count)
    .map((model) => model.tag);
}

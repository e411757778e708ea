import { oneModelBound } from './clairvoyant-bound.ts';
import type { Trace } from './trace.ts';

/** Ends of answers are rounded down to this: what comes out stays a lower bound. */
const GRID_SECONDS = 0.25;
/** For sums of waits that were added up in another order. */
const ROUNDING = 1e-9;

type Search = {
  /** The mean wait of any schedule of the trace that the search allows: whatever cannot be better is left out. */
  readonly knownMeanSeconds: number;
  /** Whether a load may begin before a question for its model has come. */
  readonly preloads: boolean;
};

/** Schedules with the same questions answered: a later end is only kept where the sum of waits is smaller. */
type Ways = { readonly ends: number[]; readonly waits: number[] };

/**
 * The least mean wait until an answer begins, in seconds, of all schedules that know the whole trace, keep the order
 * within each model and interrupt nothing. For memory that holds one model, one answer at once and cold loads only;
 * the order within chats is left out, and so is the prefill, which every schedule has.
 *
 * Dynamic programming: how many questions of each model are answered, and which model is loaded; one question a step.
 */
export function leastMeanWaitSeconds(trace: Trace, { knownMeanSeconds, preloads }: Search): number {
  const models = trace.models.map((model, index) => {
    const asked = trace.requests.filter((request) => request.model === index);
    const arrivals = asked.map(({ atSeconds }) => atSeconds);
    const work = asked.map(({ tokens }) => model.prefillSeconds + tokens / model.tokensPerSecond);
    return { arrivals, work, loadSeconds: model.coldSeconds, waitsFrom: oneModelBound(arrivals, work) };
  });
  const count = trace.requests.length;
  const limit = knownMeanSeconds * count * (1 + ROUNDING);
  const nothing = models.length;

  // A state is how many questions of each model are answered, and the loaded model, as one number.
  const loadedKinds = models.length + 1;
  const steps: number[] = [];
  models.reduce((step, { arrivals }) => {
    steps.push(step);
    return step * (arrivals.length + 1);
  }, loadedKinds);
  const answeredOf = (state: number, index: number): number =>
    Math.floor(state / (steps[index] ?? 1)) % ((models[index]?.arrivals.length ?? 0) + 1);

  /** Waits that are still to come whatever is done, the last model free for the next at `end`. */
  function leastToCome(answered: readonly number[], loaded: number, end: number): number {
    let sum = 0;
    for (const [index, { loadSeconds, waitsFrom }] of models.entries())
      sum += waitsFrom(answered[index] ?? 0, index === loaded ? end : end + loadSeconds);
    return sum;
  }

  /** All ways of a state, each with the next question of this model answered too. */
  function answer({ ends, waits }: Ways, answered: readonly number[], loaded: number, next: number): Ways {
    const longer: Ways = { ends: [], waits: [] };
    const model = models[next];
    const at = answered[next] ?? 0;
    const askedAt = model?.arrivals[at];
    if (!model || askedAt === undefined) return longer;
    const after = answered.with(next, at + 1);
    for (const [way, end] of ends.entries()) {
      const loadAt = preloads ? end : Math.max(end, askedAt);
      const begin = Math.max(askedAt, loaded === next ? end : loadAt + model.loadSeconds);
      const wait = (waits[way] ?? 0) + begin - askedAt;
      const ended = Math.floor((begin + (model.work[at] ?? 0)) / GRID_SECONDS) * GRID_SECONDS;
      if (wait + leastToCome(after, next, ended) <= limit) push(longer, ended, wait);
    }
    return longer;
  }

  let layer = new Map<number, Ways>([[nothing, { ends: [0], waits: [0] }]]);
  for (let step = 0; step < count; step += 1) {
    const following = new Map<number, Ways>();
    for (const [state, ways] of layer) {
      const loaded = state % loadedKinds;
      const answered = models.map((_, index) => answeredOf(state, index));
      for (let next = 0; next < models.length; next += 1) {
        const longer = answer(ways, answered, loaded, next);
        if (longer.ends.length === 0) continue;
        const key = state - loaded + (steps[next] ?? 0) + next;
        const known = following.get(key);
        following.set(key, known ? merge(known, longer) : longer);
      }
    }
    layer = following;
  }
  const sums = [...layer.values()].map(({ waits }) => waits.at(-1) ?? Number.POSITIVE_INFINITY);
  return Math.min(...sums) / count;
}

/** Adds a way that ends no earlier than the last, if it is better. */
function push({ ends, waits }: Ways, end: number, wait: number): void {
  const last = ends.length - 1;
  if (last >= 0 && wait >= (waits[last] ?? 0)) return;
  if (ends[last] === end) waits[last] = wait;
  else {
    ends.push(end);
    waits.push(wait);
  }
}

function merge(one: Ways, other: Ways): Ways {
  const merged: Ways = { ends: [], waits: [] };
  let at = 0;
  let otherAt = 0;
  while (at < one.ends.length || otherAt < other.ends.length) {
    const end = one.ends[at] ?? Number.POSITIVE_INFINITY;
    const otherEnd = other.ends[otherAt] ?? Number.POSITIVE_INFINITY;
    if (end <= otherEnd) push(merged, end, one.waits[at++] ?? 0);
    else push(merged, otherEnd, other.waits[otherAt++] ?? 0);
  }
  return merged;
}

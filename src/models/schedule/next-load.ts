import { type Demand, isActive, isInMemory, rests, scoreOf } from './demand.ts';
import type { HostState, Plan, WaitingJob } from './state.ts';
import { fitsWithout, mayLeave, victims } from './victims.ts';

/** So long a question may wait while models in memory are asked first: longer where loads are, up to a limit. */
export const PATIENCE_MS = { least: 60_000, most: 1_200_000 };
const PATIENCE_PER_LOAD = 2;
const MOST_UTILIZATION = 0.8;
/** While somebody waits for a load, scores change with age. */
const LOOK_AGAIN_MS = 5_000;

/** Everybody who waits and every model, as a decision sees them. */
export type View = {
  readonly state: HostState;
  /** Those who count, in order of eligibility. */
  readonly waiting: readonly WaitingJob[];
  readonly all: readonly Demand[];
  readonly now: number;
};

export type NextLoad = {
  readonly load?: { readonly model: string; readonly evict: readonly string[] };
  readonly plan?: Plan | undefined;
  /** When to decide again, whatever happens. */
  readonly wakeAt?: number;
};

/** Which model comes in, once the loader is free: steps 3 to 6 of `decide`. */
export function nextLoad(view: View): NextLoad {
  // 3
  const kept = planOf(view);
  const late = oldestWithoutModel(view);

  // 4
  const overdueAt = late === undefined ? Number.POSITIVE_INFINITY : late.eligibleAt + patienceMs(view);
  const plan = kept ?? (late && view.now >= overdueAt ? planFor(late.model, false, view) : undefined);

  // 5
  if (plan) return isQuiet(plan, view) ? { load: { model: plan.model, evict: plan.evict } } : { plan };

  // 6
  const load = late && bestLoad(view);
  if (load) return { load };
  return late ? { wakeAt: Math.min(overdueAt, view.now + LOOK_AGAIN_MS) } : {};
}

/** What was committed to, or ordered, as far as it still holds. */
function planOf(view: View): Plan | undefined {
  const { plan, order } = view.state;
  const ordered = order === undefined || plan?.model === order ? undefined : planFor(order, true, view);
  if (ordered) return ordered;
  const wanted = plan && findWanted(plan.model, plan.isOrder, view);
  if (!wanted || !mayLoad(wanted, view)) return undefined;
  if (plan.isOrder ? order !== plan.model : wanted.queue.length === 0) return undefined;
  // Another client may have taken the room.
  const isStill = (tag: string) => {
    const victim = findDemand(tag, view);
    return victim !== undefined && mayLeave(victim, wanted);
  };
  const holds = plan.evict.every(isStill) && fitsWithout(plan.evict, wanted, view.all, view.state) !== 'no';
  return holds ? plan : planFor(plan.model, plan.isOrder, view);
}

/** Whoever orders a load is asked elsewhere. */
function findWanted(model: string, isOrder: boolean, view: View): Demand | undefined {
  const wanted = findDemand(model, view);
  return wanted && isOrder ? { ...wanted, agreed: undefined } : wanted;
}

function planFor(model: string, isOrder: boolean, view: View): Plan | undefined {
  const wanted = findWanted(model, isOrder, view);
  const evict = wanted && mayLoad(wanted, view) && victims(wanted, view.all, view.state, true);
  return evict ? { model, evict, isOrder } : undefined;
}

/** The oldest question whose model is not in memory, but may come. */
function oldestWithoutModel(view: View): WaitingJob | undefined {
  const possible = new Map<string, boolean>();
  const isPossible = (tag: string): boolean => {
    const wanted = findDemand(tag, view);
    return (
      wanted !== undefined &&
      mayLoad(wanted, view) &&
      victims(wanted, view.all, view.state, true) !== undefined
    );
  };
  return view.waiting.find(({ model }) => {
    const known = possible.get(model) ?? isPossible(model);
    possible.set(model, known);
    return known;
  });
}

/** About twice the loads that nobody can avoid, longer the busier it is. */
function patienceMs({ all }: View): number {
  const involved = all.filter((one) => one.queue.length > 0 || isInMemory(one));
  const loadsMs = involved.reduce((sum, { loadMs }) => sum + loadMs, 0);
  const utilization = all.reduce((sum, one) => sum + one.utilization, 0);
  const wished =
    PATIENCE_MS.least + (PATIENCE_PER_LOAD * loadsMs) / (1 - Math.min(MOST_UTILIZATION, utilization));
  return Math.min(PATIENCE_MS.most, wished);
}

function isQuiet(plan: Plan, view: View): boolean {
  return membersOf(plan.evict, view).every((one) => {
    const [head] = one.queue;
    return one.model.running === 0 && !(head && isDue(head, one, plan));
  });
}

/** Whether a victim still owes this question an answer: it was there before the visit began. */
export function isDue(job: WaitingJob, { model }: Demand, plan: Plan): boolean {
  return !plan.isOrder && job.eligibleAt <= model.readyAt;
}

/** The models that a load has to wait for: where the memory is unknown, every one. */
export function membersOf(
  evict: readonly string[],
  { all, state }: Pick<View, 'all' | 'state'>,
): readonly Demand[] {
  return all.filter(
    ({ model }) => model.state === 'ready' && (state.memory === undefined || evict.includes(model.tag)),
  );
}

/** A visit ends only by itself: no victim answers anything, or is asked for. */
function bestLoad(view: View): NextLoad['load'] {
  const candidates = view.all.filter((one) => one.queue.length > 0 && mayLoad(one, view));
  const scores = new Map(candidates.map((one) => [one, scoreOf(one)]));
  for (const one of candidates.toSorted((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0))) {
    const evict = victims(one, view.all, view.state, false);
    if (evict && !membersOf(evict, view).some(isActive)) return { model: one.model.tag, evict };
  }
  return undefined;
}

export function mayLoad(one: Demand, { now }: View): boolean {
  return !isInMemory(one) && !rests(one.model, now);
}

export function findDemand(tag: string, { all }: View): Demand | undefined {
  return all.find(({ model }) => model.tag === tag);
}

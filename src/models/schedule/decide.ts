import { isDeepStrictEqual } from 'node:util';
import { asAgreed, asksOf, type Parked, whoPushesOut } from './consent.ts';
import { countingOf, type Demand, demandOf, isInMemory, rests, wantedNow } from './demand.ts';
import { findDemand, isDue, mayLoad, membersOf, type NextLoad, nextLoad, type View } from './next-load.ts';
import { nextToStage } from './staging.ts';
import type { Action, HostState, ModelState, Wish } from './state.ts';
import { fitsWithout, victims } from './victims.ts';

/**
 * Whose turn it is, which model comes in and which goes out. Pure: no clock, no log. A visit goes on until nobody
 * waits for the model any more; the next visit is that of the model with the best aged score; whoever has waited too
 * long gets a load that is committed to.
 *
 * 1. Nothing while Ollama is away.
 * 2. `asksFirst`: a question that would push a model out is put to its person, and does not count until they agree;
 *    then only what they agreed to leaves. Questions in the background count only where there are no others.
 * 3. A plan whose model is in memory, or that nobody waits for any more, is dropped; a person's order is a plan.
 * 4. With no plan: once the oldest question whose model is not in memory is overdue, its load becomes the plan, with
 *    the victims that cost least.
 * 5. A plan is carried out when each of its victims answers nothing and has no question left that was there before
 *    its visit began.
 * 6. Without a plan, the best-scored model is loaded whose victims are idle and not asked for.
 * 7. Questions for models in memory start in order while slots are free; a victim begins only what it is due.
 * 8. While the disk is idle, the file of the model wanted next is read into the page cache.
 * 9. With nothing to do, not even an order that waits, a wish is loaded: of those that may push others out none that hits another client, and none
 *    where people are asked first.
 * 10. A model that is to leave goes once it answers nothing; with `unloadIdle`, any of ours that nobody wants and of
 *     which nothing more is expected.
 * 11. Wake when somebody becomes overdue, when a model has rested, and now and then while somebody waits for a load.
 *
 * Where the memory is unknown a load runs alone, as if every resident were its victim: Ollama may then evict what
 * it must without meeting a question for its victim, which is what makes it hang. What it evicts is seen, and from
 * then on chosen here.
 */
export function decide(given: HostState, now: number): readonly Action[] {
  // 1
  if (!given.reachable) return [];

  // 2
  const parked = given.asksFirst ? whoPushesOut(given, now) : NOBODY;
  const asks = asksOf(given, parked);
  const state: HostState =
    parked.size === 0 ? given : { ...given, waiting: given.waiting.filter((job) => !parked.has(job)) };
  const isMoving = state.models.some((model) => model.state === 'loading' || model.state === 'unloading');
  if (isMoving && !state.memory) return asks;
  const waiting = countingOf(state.waiting);

  // 3–6
  const demands = demandOf(state, waiting, now);
  const view: View = { state, waiting, all: state.asksFirst ? asAgreed(demands) : demands, now };
  const next: NextLoad = isMoving ? { plan: state.plan } : nextLoad(view);

  // 7
  const starts = startsOf(view, next);

  // 8
  const staged = next.load ? undefined : nextToStage(view.all, state.pageCache);

  // 9
  const isIdle = !isMoving && starts.length === 0 && isAtRest(view);
  const load = next.load ?? (isIdle && !next.plan ? wishedLoad(view) : undefined);

  // 10
  const unloads = load ? [] : unwanted(state, starts);

  // 11
  const at = Math.min(next.wakeAt ?? Number.POSITIVE_INFINITY, restEnd(view));

  const isNewPlan = !load && !isDeepStrictEqual(next.plan, state.plan);
  return [
    ...asks,
    ...(isNewPlan ? [{ type: 'plan', plan: next.plan } as const] : []),
    ...(load ? [{ type: 'load', ...load } as const] : []),
    ...starts,
    ...(staged === undefined ? [] : [{ type: 'stage', model: staged } as const]),
    ...unloads,
    ...(Number.isFinite(at) ? [{ type: 'wake', at } as const] : []),
  ];
}

const NOBODY: Parked = new Map();

type Start = Extract<Action, { type: 'start' }>;

function startsOf({ all, state }: View, { load, plan }: NextLoad): readonly Start[] {
  if (load && !state.memory) return [];
  const planned = new Set(plan && membersOf(plan.evict, { all, state }));
  return all.flatMap((one): readonly Start[] => {
    const { tag, running, slots, state: place } = one.model;
    if (place !== 'ready' || load?.evict.includes(tag) || state.leaving.includes(tag)) return [];
    const due = plan && planned.has(one) ? one.queue.filter((job) => isDue(job, one, plan)) : one.queue;
    const free = Math.max(0, slots - running);
    return due.slice(0, free).map((job) => ({ type: 'start', job: job.id, model: tag }));
  });
}

function wishedLoad(view: View): NextLoad['load'] {
  for (const wish of view.state.wishes) {
    const wanted = findDemand(wish.model, view);
    const evict = wanted && mayLoad(wanted, view) && whoLeavesFor(wish, wanted, view);
    if (evict) return { model: wish.model, evict };
  }
  return undefined;
}

/** Undefined: it does not come. */
function whoLeavesFor(
  { mayEvict, mayTry }: Wish,
  wanted: Demand,
  { all, state }: View,
): readonly string[] | undefined {
  if (fitsWithout([], wanted, all, state) === 'sure') return [];
  if (state.asksFirst) return undefined;
  const evict = victims(wanted, all.map(spareOthers), state, false);
  if (!evict || (evict.length > 0 && !mayEvict)) return undefined;
  if (fitsWithout(evict, wanted, all, state) === 'sure') return evict;
  // Whom Ollama may push out.
  const left = all.filter((one) => isInMemory(one) && !evict.includes(one.model.tag));
  const isSpared = ({ model }: Demand) => model.isOthers || (!mayEvict && model.keeps !== 'free');
  return (mayEvict || mayTry) && !left.some(isSpared) ? evict : undefined;
}

function spareOthers(one: Demand): Demand {
  if (!one.model.isOthers || one.model.keeps !== 'free') return one;
  return { ...one, model: { ...one.model, keeps: 'preserved' } };
}

function unwanted(state: HostState, starts: readonly Start[]): readonly Action[] {
  const { models, waiting, awaited, unloadIdle, leaving } = state;
  const wanted = new Set([...[...waiting, ...starts].map(({ model }) => model), ...awaited]);
  const isOver = (model: ModelState) =>
    unloadIdle && !model.foreign && !model.isOthers && model.keeps !== 'pinned' && !wanted.has(model.tag);
  return models
    .filter((model) => model.state === 'ready' && model.running === 0)
    .filter((model) => leaving.includes(model.tag) || isOver(model))
    .map(({ tag }) => ({ type: 'unload', model: tag }));
}

/** Nobody is answered, and whoever waits, waits for a model that rests after a failed load. */
function isAtRest({ state, now }: View): boolean {
  return state.models.every(({ running }) => running === 0) && wantedNow(state, now).length === 0;
}

/** When the first model that somebody waits for has rested. */
function restEnd({ all, now }: View): number {
  const resting = all.filter(({ model, queue }) => queue.length > 0 && rests(model, now));
  return resting.reduce((first, { model }) => Math.min(first, model.restsUntil), Number.POSITIVE_INFINITY);
}

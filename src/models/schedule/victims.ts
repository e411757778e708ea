import { roomBeside } from '../room-beside.ts';
import { type Demand, isActive, isInMemory } from './demand.ts';
import type { Eviction, HostState } from './state.ts';

/** The wait that a victim's own people cause while it runs dry counts by this much. */
const DRY_WEIGHT = 0.5;
const MOST_UTILIZATION = 0.8;
/** With more residents than this, sets of victims are not compared one by one. */
const MOST_COMPARED = 12;

/**
 * The models that leave the memory so that this one comes in; undefined: there is no such set, because pinned and
 * preserved ones fill it. `isForced`: those who wait for the victims lose their turn, which counts.
 *
 * `auto` takes the set that costs people least: those who will ask for a victim while it is away, by how long they
 * wait for it; those who wait for `wanted` until a busy victim has run dry; and, where forced, those who wait for
 * the victim now. `lru` and `largest-first` take as many as needed in that order, those nobody wants first;
 * `immediate` takes every model that nobody wants.
 *
 * Where the memory is not known, and neither whether the model fits, nobody leaves: Ollama pushes out whom it must.
 * Only where people are asked first, or where that may hit a pinned or preserved model, all leave that may.
 */
export function victims(
  wanted: Demand,
  all: readonly Demand[],
  state: HostState,
  isForced: boolean,
): readonly string[] | undefined {
  const inMemory = all.filter(isInMemory);
  const candidates = inMemory.filter((one) => mayLeave(one, wanted));
  const free = inMemory.filter(({ model }) => model.keeps === 'free').length;
  const fitFor = fitOf(wanted, inMemory, state);
  const mayTry = !state.asksFirst && free === inMemory.length;
  const room: Room = (freedBytes, count) => {
    const fits = fitFor(freedBytes, count);
    return fits === 'sure' || (fits === 'unsure' && (mayTry || count === free));
  };
  const order = orderOf(state.eviction);
  if (order) return inOrder(candidates.toSorted(order), room, state.eviction === 'immediate');
  const costs = candidates.map((victim) => costOf(victim, wanted, isForced));
  if (candidates.length > MOST_COMPARED) {
    const byCost = new Map(candidates.map((victim, index) => [victim, costs[index] ?? 0]));
    const cheapest = candidates.toSorted((one, other) => (byCost.get(one) ?? 0) - (byCost.get(other) ?? 0));
    return inOrder(cheapest, room, false);
  }
  return cheapestSet(candidates, costs, room);
}

/** Whether the model can be a victim. */
export function mayLeave({ model: { tag, state, keeps } }: Demand, { agreed }: Demand): boolean {
  return state === 'ready' && keeps === 'free' && (agreed?.includes(tag) ?? true);
}

/** Whether the model fits once these have left. */
export function fitsWithout(
  evict: readonly string[],
  wanted: Demand,
  all: readonly Demand[],
  state: HostState,
): Fit {
  const inMemory = all.filter(isInMemory);
  const leaving = inMemory.filter(({ model }) => evict.includes(model.tag));
  const freedBytes = leaving.reduce((sum, { model }) => sum + model.needBytes, 0);
  return fitOf(wanted, inMemory, state)(freedBytes, leaving.length);
}

/** `unsure`: the memory is not known, and nothing like it was seen. */
type Fit = 'sure' | 'unsure' | 'no';
/** Whether victims of so many bytes together, and so many of them, make enough room. */
type Room = (freedBytes: number, count: number) => boolean;

function fitOf(
  { model }: Demand,
  inMemory: readonly Demand[],
  { memory, maxModels, roomSeen }: HostState,
): (freedBytes: number, count: number) => Fit {
  const usedBytes = inMemory.reduce((sum, other) => sum + other.model.needBytes, 0);
  return (freedBytes, count) => {
    const left = inMemory.length - count;
    if (left >= maxModels) return 'no';
    // Alone it is loaded in any case: what the GPU does not hold goes to the CPU.
    if (left === 0) return 'sure';
    const leftBytes = usedBytes - freedBytes;
    if (memory)
      return model.needBytes <= roomBeside(leftBytes, memory.totalBytes, memory.headroom) ? 'sure' : 'no';
    const takesBytes = leftBytes + model.needBytes / roomSeen.headroom;
    if (takesBytes <= roomSeen.heldBytes) return 'sure';
    return takesBytes >= roomSeen.refusedBytes ? 'no' : 'unsure';
  };
}

function orderOf(eviction: Eviction): ((one: Demand, other: Demand) => number) | undefined {
  if (eviction === 'auto') return undefined;
  return (one, other) =>
    Number(isActive(one)) - Number(isActive(other)) ||
    (eviction === 'largest-first' && other.model.needBytes - one.model.needBytes) ||
    one.model.lastUsedAt - other.model.lastUsedAt;
}

function inOrder(candidates: readonly Demand[], isEnough: Room, takesIdle: boolean) {
  let freedBytes = 0;
  let count = 0;
  for (const candidate of candidates) {
    if (isEnough(freedBytes, count) && !(takesIdle && !isActive(candidate))) break;
    freedBytes += candidate.model.needBytes;
    count += 1;
  }
  return isEnough(freedBytes, count) ? candidates.slice(0, count).map(tagOf) : undefined;
}

/** What it costs people, in weighted milliseconds of waiting, if the victim goes. */
function costOf(victim: Demand, wanted: Demand, isForced: boolean): number {
  const awayMs = wanted.loadMs + wanted.batchMs + victim.loadMs;
  const { running, serviceMs, arrivalRate } = victim.model;
  const lastsMs = victim.batchMs + (running > 0 ? serviceMs / 2 : 0);
  const dryMs = isActive(victim) ? lastsMs / (1 - Math.min(MOST_UTILIZATION, victim.utilization)) : 0;
  const missed = (arrivalRate * awayMs ** 2) / 2;
  return missed + DRY_WEIGHT * wanted.weight * dryMs + (isForced ? victim.weight * awayMs : 0);
}

/** The cheapest of all sets that make room; of equally cheap ones that with fewer models. */
function cheapestSet(candidates: readonly Demand[], costs: readonly number[], isEnough: Room) {
  const sets = 1 << candidates.length;
  const cost = new Float64Array(sets);
  const bytes = new Float64Array(sets);
  const count = new Uint8Array(sets);
  let best: number | undefined = isEnough(0, 0) ? 0 : undefined;
  for (let set = 1; set < sets; set += 1) {
    const rest = set & (set - 1);
    const added = 31 - Math.clz32(set ^ rest);
    cost[set] = (cost[rest] ?? 0) + (costs[added] ?? 0);
    bytes[set] = (bytes[rest] ?? 0) + (candidates[added]?.model.needBytes ?? 0);
    count[set] = (count[rest] ?? 0) + 1;
    const isBetter =
      best === undefined ||
      (cost[set] ?? 0) < (cost[best] ?? 0) ||
      (cost[set] === cost[best] && (count[set] ?? 0) < (count[best] ?? 0));
    if (isBetter && isEnough(bytes[set] ?? 0, count[set] ?? 0)) best = set;
  }
  return best === undefined ? undefined : candidates.filter((_, index) => (best >> index) & 1).map(tagOf);
}

const tagOf = ({ model }: Demand): string => model.tag;

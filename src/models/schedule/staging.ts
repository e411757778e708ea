import { type Demand, isInMemory } from './demand.ts';
import type { HostState } from './state.ts';

/** Somebody who waits counts more than anybody who may come. */
const WAITING_WEIGHT = 1_000;
/** A file whose model is in memory is needed again only after its unload. */
const RESIDENT_WEIGHT = 0.5;

/**
 * The model whose file is worth reading into the page cache now, so that its load will be a warm one: the most
 * wanted of those that are not there, unless its file pushes out what is worth more.
 */
export function nextToStage(all: readonly Demand[], cache: HostState['pageCache']): string | undefined {
  if (cache.staging || cache.diskBusy) return undefined;
  const cached = new Set(cache.files.map(({ tag }) => tag));
  const candidates = all.filter((one) => !isInMemory(one) && !cached.has(one.model.tag));
  const best = candidates.reduce<Demand | undefined>(
    (first, one) => (first && worth(first) >= worth(one) ? first : one),
    undefined,
  );
  if (!best || worth(best) <= 0 || best.model.fileBytes > cache.bytes) return undefined;

  let room = cache.bytes - best.model.fileBytes;
  const pushedOut = cache.files.filter(({ bytes }) => {
    room -= bytes;
    return room < 0;
  });
  const byTag = new Map(all.map((one) => [one.model.tag, one]));
  const lost = pushedOut.reduce((sum, { tag }) => {
    const one = byTag.get(tag);
    return one ? sum + worth(one) * (isInMemory(one) ? RESIDENT_WEIGHT : 1) : sum;
  }, 0);
  return lost < worth(best) ? best.model.tag : undefined;
}

function worth({ model, weight }: Demand): number {
  return weight * WAITING_WEIGHT + model.arrivalRate * (model.coldLoadMs - model.warmLoadMs);
}

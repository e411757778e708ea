import { openKept } from '../kept.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';

const KEY = 'swap-stats';
/** So many swap times of a model are remembered. */
const MOST_TIMES = 100;
/** Models that nobody loads any more are forgotten. */
const MOST_MODELS = 100;

/** A model's loads: how many there were, how long they took with the unloading of others, all and the last of them. */
type ModelSwaps = { readonly swaps: number; readonly totalMs: number; readonly lastMs: readonly number[] };

type Counted = {
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Questions that found their model in memory, and those that did not. */
  readonly hits: number;
  readonly misses: number;
  readonly models: Readonly<Record<string, ModelSwaps>>;
};

/** What swapping costs, over restarts. Reads come from memory, writes happen behind; nothing here throws. */
export type SwapStats = {
  /** A question came whose model was in memory, or was not. */
  demanded(wasResident: boolean): void;
  /** A model was brought in, in so long with the unloading of others. */
  swapped(model: string, ms: number): void;
  counted(): Counted;
  /** Resolves once what was counted is kept, or could not be. */
  settled(): Promise<void>;
};

type Surroundings = { readonly store: Store; readonly logger: Logger; readonly now: () => number };

/** Begins with what earlier processes counted, if that can be read. */
export async function openSwapStats({ store, logger, now }: Surroundings): Promise<SwapStats> {
  const nothing: Counted = { since: now(), hits: 0, misses: 0, models: {} };
  const counted = await openKept<Counted>({
    store,
    logger,
    key: KEY,
    read: (kept) => readCounted(kept) ?? nothing,
    trouble: 'the statistics of swaps cannot be kept',
  });

  return {
    demanded: (wasResident) =>
      counted.change((before) => ({
        ...before,
        hits: before.hits + Number(wasResident),
        misses: before.misses + Number(!wasResident),
      })),
    swapped: (model, ms) =>
      counted.change((before) => ({ ...before, models: withSwap(before.models, model, ms) })),
    counted: counted.get,
    settled: counted.settled,
  };
}

/** The latest model is the last. */
function withSwap(models: Counted['models'], model: string, ms: number): Counted['models'] {
  const { [model]: before = { swaps: 0, totalMs: 0, lastMs: [] }, ...others } = models;
  const after = {
    swaps: before.swaps + 1,
    totalMs: before.totalMs + ms,
    lastMs: [...before.lastMs, ms].slice(-MOST_TIMES),
  };
  return Object.fromEntries([...Object.entries(others), [model, after]].slice(-MOST_MODELS));
}

/** Undefined for what an earlier version or somebody else wrote. */
function readCounted(value: unknown): Counted | undefined {
  const { since, hits, misses, models } = (value ?? {}) as Partial<Counted>;
  if (typeof since !== 'number' || typeof hits !== 'number' || typeof misses !== 'number') return undefined;
  const isRead = ([, one]: [string, unknown]) => {
    const { swaps, totalMs, lastMs } = (one ?? {}) as Partial<ModelSwaps>;
    return typeof swaps === 'number' && typeof totalMs === 'number' && Array.isArray(lastMs);
  };
  return { since, hits, misses, models: Object.fromEntries(Object.entries(models ?? {}).filter(isRead)) };
}

import type { Need } from '../../src/models/need.ts';
import type { InMemory, NeedyModel, Situation } from '../../src/models/verdict.ts';

export const GB = 1e9;

function need(gb: number, more: { basis?: Need['basis']; beside?: number; least?: number } = {}): Need {
  const { basis = 'measured', beside = gb, least = basis === 'measured' ? gb : gb * 0.7 } = more;
  return { bytes: gb * GB, basis, besideBytes: beside * GB, leastBytes: least * GB };
}

export const model = (tag: string, ...of: Parameters<typeof need>): NeedyModel => ({
  tag,
  need: need(...of),
});

export const inMemory = (tag: string, gb: number, keeps: InMemory['keeps'] = 'free'): InMemory => ({
  tag,
  bytes: gb * GB,
  keeps,
});

export const NO_GPU = { gpuBytes: undefined, hasNoGpu: true };

/** A GPU of 24 GB, 32 GB of RAM, and nothing in memory. */
export function situation(more: Partial<Situation>): Situation {
  return {
    wanted: model('big', 18),
    gpuBytes: 24 * GB,
    hasNoGpu: false,
    ramBytes: 32 * GB,
    residents: [],
    evict: [],
    evictLater: undefined,
    maxModels: 3,
    headroom: 0.8,
    allowSpill: true,
    installed: [],
    ...more,
  };
}

export const HUGE = { wanted: model('huge', 60) };
export const NO_SPILL = { wanted: model('big', 30), allowSpill: false };
export const PINNED = {
  wanted: model('big', 20),
  residents: [inMemory('p', 8, 'pinned'), inMemory('a', 6)],
  evict: undefined,
};
export const FULL = {
  wanted: model('b', 5),
  residents: [inMemory('p', 8, 'preserved')],
  evict: undefined,
  maxModels: 1,
};

import type { Keeper } from './let-go.ts';
import type { Need } from './need.ts';
import { roomBeside } from './room-beside.ts';

/** `leaves`: by itself, when its time is over. */
export type InMemory = Keeper & { readonly bytes: number; readonly leaves?: boolean };

export type NeedyModel = { readonly tag: string; readonly need: Need };

/** What is known before a model that is not in memory is loaded. */
export type Situation = {
  readonly wanted: NeedyModel;
  /** What the models may fill on the GPU; undefined: not known, or there is none. */
  readonly gpuBytes: number | undefined;
  /** There is none: models live in the RAM. */
  readonly hasNoGpu: boolean;
  /** All RAM of that machine; undefined: not known. */
  readonly ramBytes: number | undefined;
  readonly residents: readonly InMemory[];
  /** Who leaves the memory for it, as the scheduler chose; undefined: no choice makes room. */
  readonly evict: readonly string[] | undefined;
  /** The same once those have left that do so by themselves. */
  readonly evictLater: readonly string[] | undefined;
  readonly maxModels: number;
  /** Beside others a model is only loaded into this share of what is free. */
  readonly headroom: number;
  readonly allowSpill: boolean;
  /** What else is installed and could answer. */
  readonly installed: readonly NeedyModel[];
};

/** What will happen when the model is loaded. */
export type Verdict =
  /** Nothing has to leave. */
  | { readonly kind: 'fits' }
  | { readonly kind: 'unloads'; readonly evict: readonly string[] }
  /** A part of it will be on the CPU: this share of it, as far as its need is known. */
  | {
      readonly kind: 'spills';
      readonly evict: readonly string[];
      readonly cpuShare: number;
      readonly basis: Need['basis'];
    }
  /** Models that may not make room for it leave by themselves; then it is loaded, and `evict` leave for it. */
  | { readonly kind: 'waits'; readonly keepers: readonly Keeper[]; readonly evict: readonly string[] }
  | Never;

/** As things are it cannot be loaded. */
export type Never = {
  readonly kind: 'never';
  /**
   * `too_large`: for GPU and RAM together. `no_spill`: for the GPU, and a part on the CPU is not allowed. `kept`:
   * models that may not leave take the room. `max_models`: they are as many as may be in memory.
   */
  readonly why: 'too_large' | 'no_spill' | 'kept' | 'max_models';
  readonly requiredBytes: number;
  /** What it could use now; undefined: not known. */
  readonly availableBytes: number | undefined;
  /** What it could use besides if all models left that may; undefined: not known. */
  readonly freeableBytes: number | undefined;
  /** The models that may not leave, where they are why. */
  readonly keepers: readonly Keeper[];
  /** The largest one that fits as a whole, if there is a smaller one. */
  readonly smaller: NeedyModel | undefined;
};

/**
 * Judges a switch before it begins. Pure. That a model can never be loaded is only said of what is certain: of what
 * was measured, or of its file alone, for Ollama's formula errs on the large side.
 */
export function judge(situation: Situation): Verdict {
  const { wanted, gpuBytes, residents, evict, allowSpill } = situation;
  const { need } = wanted;
  const pool = poolOf(situation);
  const everything = everythingOf(situation);
  if (everything !== undefined && need.leastBytes > everything) {
    return never('too_large', need.leastBytes, everything, situation);
  }

  // Where the choice is not enough, Ollama unloads the others by itself.
  const free = residents.flatMap(({ tag, keeps }) => (keeps === 'free' ? [tag] : []));
  const leaving = evict && fitsWithout(evict, situation) ? evict : free;
  const left = residents.filter(({ tag }) => !leaving.includes(tag));
  if (left.length > 0 && (evict === undefined || !fitsWithout(leaving, situation))) {
    if (left.some(leavesByItself)) return judgeLater(left, leaving, situation);
    const why = left.length >= situation.maxModels ? 'max_models' : 'kept';
    const most = pool === undefined ? undefined : roomBeside(sumOf(left), pool, situation.headroom);
    return never(why, need.besideBytes, most, situation, left);
  }

  if (left.length === 0 && gpuBytes !== undefined && need.bytes > gpuBytes) {
    const certain = need.basis === 'guessed' ? need.leastBytes : need.bytes;
    if (!allowSpill && certain > gpuBytes) return never('no_spill', certain, gpuBytes, situation);
    return { kind: 'spills', evict: leaving, cpuShare: 1 - gpuBytes / need.bytes, basis: need.basis };
  }
  return leaving.length > 0 ? { kind: 'unloads', evict: leaving } : { kind: 'fits' };
}

export const leavesByItself = ({ keeps, leaves = false }: InMemory): boolean =>
  keeps === 'preserved' && leaves;

/** Once those have left that do so by themselves. */
function judgeLater(left: readonly InMemory[], leaving: readonly string[], situation: Situation): Verdict {
  const keepers = left.filter(leavesByItself);
  const isFull = left.length - keepers.length >= situation.maxModels;
  const residents = situation.residents.filter((one) => !keepers.includes(one));
  const evict = isFull ? undefined : (situation.evictLater ?? leaving);
  const later = judge({ ...situation, residents, evict });
  if (later.kind === 'never') return later;
  const waitsFor = keepers.map(({ tag, keeps }) => ({ tag, keeps }));
  return { kind: 'waits', keepers: waitsFor, evict: later.kind === 'fits' ? [] : later.evict };
}

/** Where the models live. */
function poolOf({ gpuBytes, hasNoGpu, ramBytes }: Situation): number | undefined {
  return hasNoGpu ? ramBytes : gpuBytes;
}

/** What a model can have of the machine; undefined: not known. */
function everythingOf({ gpuBytes, hasNoGpu, ramBytes }: Situation): number | undefined {
  if (hasNoGpu) return ramBytes;
  return gpuBytes === undefined || ramBytes === undefined ? undefined : gpuBytes + ramBytes;
}

/** Once these have left; alone a model is loaded in any case. */
function fitsWithout(evict: readonly string[], situation: Situation): boolean {
  const { residents, wanted, headroom } = situation;
  const pool = poolOf(situation);
  const left = residents.filter(({ tag }) => !evict.includes(tag));
  if (left.length === 0 || pool === undefined) return true;
  return wanted.need.besideBytes <= roomBeside(sumOf(left), pool, headroom);
}

/** `most`: what it could use once all others but `keepers` have left. */
function never(
  why: Never['why'],
  requiredBytes: number,
  most: number | undefined,
  situation: Situation,
  keepers: readonly InMemory[] = [],
): Never {
  const { residents, headroom } = situation;
  const inUse = sumOf(residents.filter((one) => !keepers.includes(one)));
  const freeable = Math.min(most ?? 0, inUse * (keepers.length > 0 ? headroom : 1));
  return {
    kind: 'never',
    why,
    requiredBytes,
    availableBytes: most === undefined ? undefined : most - freeable,
    freeableBytes: most === undefined ? undefined : freeable,
    keepers: keepers.map(({ bytes: _, ...keeper }) => keeper),
    smaller: findSmaller(why, situation, keepers),
  };
}

function findSmaller(
  why: Never['why'],
  situation: Situation,
  keepers: readonly InMemory[],
): NeedyModel | undefined {
  const { wanted, installed, residents, headroom } = situation;
  const pool = poolOf(situation);
  const fits = ({ tag, need }: NeedyModel): boolean => {
    if (residents.some((resident) => resident.tag === tag)) return true;
    if (pool === undefined || why === 'max_models') return false;
    return keepers.length === 0
      ? need.bytes <= pool
      : need.besideBytes <= roomBeside(sumOf(keepers), pool, headroom);
  };
  return installed
    .filter((model) => model.need.bytes < wanted.need.bytes && fits(model))
    .toSorted((one, other) => other.need.bytes - one.need.bytes)[0];
}

function sumOf(models: readonly InMemory[]): number {
  return models.reduce((sum, { bytes }) => sum + bytes, 0);
}

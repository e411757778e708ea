import type { Clock } from '../../../src/ports/clock.ts';
import { WIRE_MS } from './requests.ts';
import type { Runner, Who } from './runners.ts';

/** What others do may go unnoticed until ps is read the next time; that a keep_alive ends is known before. */
const UNNOTICED_MS = { other: 1_250, ollama: 1_250, time: 50, us: 0 } as const;
/** Beside others a model is only loaded into this share of what is free. */
const HEADROOM = 0.8;
/** A model whose load failed is left alone for so long at least. */
const REST_MS = 2_000;
/** A model that does not go within this, because another client uses it, may be asked again. */
const UNLOAD_LIMIT_MS = { swap: 60_000, idle: 10_000 };

type Surroundings = {
  readonly clock: Clock;
  readonly wrong: (what: string) => void;
  readonly residents: () => readonly Runner[];
  readonly bytesOf: (tag: string) => number;
  /** Undefined: nobody knows it. */
  readonly totalBytes: number | undefined;
  readonly maxModels: number;
  readonly slots: number;
  readonly keeps: (tag: string) => 'free' | 'preserved' | 'pinned';
  /** The models on their way in, as the stable sees it. */
  readonly coming: () => readonly string[];
  /** Models that nobody waits for are unloaded, also while another one comes in. */
  readonly unloadsIdle: boolean;
  readonly isSteady: (tag: string) => boolean;
};

/** What must hold of everything that is asked of the server. */
export function createServerChecks(surroundings: Surroundings) {
  const {
    clock,
    wrong,
    residents,
    bytesOf,
    totalBytes,
    maxModels,
    slots,
    keeps,
    coming,
    unloadsIdle,
    isSteady,
  } = surroundings;
  const cameBy = new Map<string, Who>();
  const went = new Map<string, { readonly at: number; readonly by: Who }>();
  const asked = new Map<string, number>();
  /** Models that we unload, since when and until when. */
  const unloading = new Map<
    string,
    { readonly at: number; readonly until: number; readonly isSwap: boolean }
  >();
  /** What has left so that another model comes in, until one is there. */
  const madeRoom = new Set<string>();
  const dismissed = new Set<string>();
  const failedAt = new Map<string, number>();
  const keptSince = new Map<string, number>();
  let isLoading = false;
  let loads = 0;

  const countOf = (tag: string) => asked.get(tag) ?? 0;
  const find = (tag: string) => residents().find((runner) => runner.tag === tag);

  /** Whoever reads ps as often as is promised knows it is there. */
  function isKnown({ tag, since }: Runner): boolean {
    return clock.now() - since > UNNOTICED_MS[cameBy.get(tag) ?? 'us'];
  }

  function couldBeMissed(tag: string): boolean {
    const gone = went.get(tag);
    return gone !== undefined && clock.now() - gone.at <= UNNOTICED_MS[gone.by];
  }

  /** Whether it goes, or is just told to. */
  function isLeaving(tag: string): boolean {
    const unload = unloading.get(tag);
    const runner = find(tag);
    if (!unload || !runner || unload.until <= clock.now()) return false;
    return runner.leaving?.by === 'us' || clock.now() - unload.at <= WIRE_MS;
  }

  function checkRoom(tag: string): void {
    const others = residents().filter((runner) => runner.tag !== tag && isKnown(runner));
    if (others.length === 0) return;
    const names = others.map((other) => other.tag).join();
    if (others.length >= maxModels) wrong(`${tag} is loaded beside ${names}: more than ${maxModels}`);
    if (totalBytes === undefined) return;
    const free = totalBytes - others.reduce((sum, { bytes }) => sum + bytes, 0);
    if (bytesOf(tag) > free * HEADROOM) wrong(`${tag} is loaded beside ${names}: it does not fit`);
  }

  return {
    onLoad(tag: string): void {
      const runner = find(tag);
      if (isLoading) wrong(`${tag} is loaded while another load is under way`);
      if (isLeaving(tag)) wrong(`${tag} is loaded while it is unloaded`);
      else if (runner && cameBy.get(tag) === 'us') wrong(`${tag} is loaded though it is there`);
      if (totalBytes === undefined && [...asked.values()].some((count) => count > 0))
        wrong(`${tag} is loaded while another model answers, and nobody knows the memory`);
      checkRoom(tag);
      if (clock.now() - (failedAt.get(tag) ?? Number.NEGATIVE_INFINITY) < REST_MS)
        wrong(`${tag} is loaded though it failed just now`);
      isLoading = true;
      loads += 1;
    },

    onLoadOver(isLoaded: boolean): void {
      isLoading = false;
      // Whatever left for it is seen to be gone before anything else begins.
      if (isLoaded) for (const [tag, { by }] of went) if (by === 'ollama') went.delete(tag);
    },

    onFailed(tag: string): void {
      failedAt.set(tag, clock.now());
      // What nobody waits for is tried once.
      madeRoom.delete(tag);
    },

    /** Returns whether it can only be for another model. */
    onUnload(tag: string): boolean {
      if (!find(tag)) return false;
      const since = keptSince.get(tag) ?? Number.NEGATIVE_INFINITY;
      // Its load did not end: whatever became of it is not to stay.
      const isUnfinished = coming().includes(tag);
      const isSwap = coming().length > 0 && !isUnfinished && !unloadsIdle && !dismissed.has(tag);
      const mayNot = isSwap ? keeps(tag) !== 'free' : keeps(tag) === 'pinned';
      if (mayNot && !isUnfinished && clock.now() - since > UNNOTICED_MS.other)
        wrong(`${tag} is unloaded: it is ${keeps(tag)}`);
      if (countOf(tag) > 0) wrong(`${tag} is unloaded while it answers us`);
      const at = clock.now();
      unloading.set(tag, { at, isSwap, until: at + UNLOAD_LIMIT_MS[isSwap ? 'swap' : 'idle'] });
      return isSwap;
    },

    onKeep(tag: string): void {
      if (isLeaving(tag)) wrong(`${tag} is told to stay while it is unloaded`);
      else if (!find(tag) && !couldBeMissed(tag)) wrong(`${tag} is told to stay: it is not there`);
      if (isLoading) wrong(`${tag} is told to stay during a load`);
    },

    onAsk(tag: string): void {
      if (isLeaving(tag)) wrong(`${tag} is asked while it is unloaded`);
      else if (!find(tag) && !couldBeMissed(tag)) wrong(`${tag} is asked: it is not there`);
      if (totalBytes === undefined && isLoading) wrong(`${tag} is asked during a load into unknown memory`);
      asked.set(tag, countOf(tag) + 1);
      if (countOf(tag) > slots) wrong(`${tag} answers ${countOf(tag)} at once`);
    },

    onAnswered: (tag: string) => void asked.set(tag, countOf(tag) - 1),

    onCame({ tag }: Runner, by: Who): void {
      cameBy.set(tag, by);
      madeRoom.clear();
    },

    onWent({ tag }: Runner, by: Who): void {
      const unload = unloading.get(tag);
      if (by === 'us' && unload?.isSwap && unload.until > clock.now()) madeRoom.add(tag);
      // Whoever had nothing to do for so long went by himself.
      if (by === 'time') madeRoom.clear();
      unloading.delete(tag);
      dismissed.delete(tag);
      // While it answers, its time is stale; whoever did not leave in time leaves unawaited.
      const isStale = by === 'time' && countOf(tag) > 0;
      const isLate = by === 'us' && unload !== undefined && unload.until <= clock.now();
      went.set(tag, { at: clock.now(), by: isStale || isLate ? 'ollama' : by });
    },

    onKept: (tag: string) => void keptSince.set(tag, clock.now()),

    onDismissed: (tag: string) => void dismissed.add(tag),

    /** Others had a hand in what is there: nobody owes anything any more. */
    onDisturbed: () => madeRoom.clear(),

    loads: () => loads,
    /** Who made room though nothing came, or comes. */
    left: () => (residents().length + coming().length === 0 ? [...madeRoom].filter(isSteady) : []),
  };
}

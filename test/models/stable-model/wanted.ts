import type { Stable } from '../../../src/models/stable.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { JobChecks } from './job-checks.ts';
import type { Machine } from './machine.ts';

/** A step may wait for ps, for 2 s at most, before it notices that nobody wants a model any more. */
const LATE_MS = 3_000;
/** Whoever began to type has asked by then, or will not. */
const TYPING_MS = 60_000;

type Surroundings = {
  readonly clock: Clock;
  readonly wrong: (what: string) => void;
  readonly machine: Pick<Machine, 'settings' | 'models'>;
  readonly jobs: Pick<JobChecks, 'open'>;
  readonly isSteady: (tag: string) => boolean;
  readonly isThere: (tag: string) => boolean;
  /** The models on their way in, as the stable sees it. */
  readonly coming: () => readonly string[];
  readonly stable: () => Pick<Stable, 'view' | 'intentions'>;
};

/** Nothing is loaded, and nothing makes room, for nobody. */
export function createWanted({
  clock,
  wrong,
  machine,
  jobs,
  isSteady,
  isThere,
  coming,
  stable,
}: Surroundings) {
  const { preload, preserved, default: ofDefault } = machine.settings.stay;
  const toPreload = new Set(preload);
  /** To come back after the load that they made room for failed, until they were there. */
  const owed = new Set<string>();
  /** Told to leave so that another one comes in, and perhaps not gone yet: nobody has asked them since. */
  const told = new Set<string>();
  /** Preserved, and pushed out all the same: others leave for them. */
  const pushedOut = new Set<string>();
  /** What leaves, and the model that it makes room for, as far as anybody can tell. */
  const madeRoomFor = new Map<string, string>();
  const wantedUntil = new Map<string, number>();
  const typedUntil = new Map<string, number>();
  /** For it there is room. */
  let begun: string | undefined;
  /** It did not end well; who has left is found out. */
  let over: string | undefined;

  /** A load goes on for those, too, who may not begin yet. */
  const isWaitedFor = (tag: string) => jobs.open().some((job) => job.model === tag && !job.isKept);

  /** So much that others may leave for it. */
  function isMissed(tag: string): boolean {
    if (tag === ofDefault || pushedOut.has(tag) || clock.now() < (wantedUntil.get(tag) ?? 0)) return true;
    const { orders, pinned } = stable().intentions;
    if (orders()[0]?.model === tag || pinned().includes(tag)) return true;
    const { asksFirst } = machine.settings;
    return asksFirst ? jobs.open().some((job) => job.model === tag && job.isAgreed) : isWaitedFor(tag);
  }

  const isWished = (tag: string) =>
    toPreload.has(tag) || owed.has(tag) || clock.now() < (typedUntil.get(tag) ?? 0);
  /** Where one was deleted, others answer in its place. */
  const isCertain = () => machine.models.every((model) => isSteady(model.tag));

  return {
    onLoad(tag: string): void {
      if (isCertain() && !isMissed(tag) && !isWaitedFor(tag) && !isWished(tag)) wrong(`nobody wants ${tag}`);
      begun = tag;
      over = undefined;
    },

    onLoadOver(tag: string, isLoaded: boolean): void {
      if (!isLoaded) return;
      begun = undefined;
      owed.delete(tag);
      for (const [gone, model] of madeRoomFor) {
        if (model !== tag) continue;
        madeRoomFor.delete(gone);
        if (preserved.includes(gone)) pushedOut.add(gone);
      }
    },

    /** Perhaps before its load began. */
    onAbandoned(tag: string): void {
      over = tag;
      begun = undefined;
      for (const [gone, model] of madeRoomFor) {
        if (model !== tag) continue;
        madeRoomFor.delete(gone);
        owed.add(gone);
      }
    },

    /** A preload is tried once. */
    onFailed: (tag: string) => void toPreload.delete(tag),

    onAsk: (tag: string) => void told.delete(tag),

    /** `isSwap`: for nothing else. */
    onUnload(tag: string, isSwap: boolean): void {
      const next = coming().find((one) => one !== begun && one !== tag);
      if (next !== undefined && isSwap) told.add(tag);
      if (next === undefined || !isSwap || !isCertain() || isMissed(next)) return;
      wrong(`${tag} leaves for ${next}, which nobody misses`);
    },

    onWent(tag: string): void {
      const next = coming().find((one) => one !== tag);
      if (told.delete(tag) && next === undefined) owed.add(tag);
      if (next === undefined) return;
      if (next === over) owed.add(tag);
      else madeRoomFor.set(tag, next);
    },

    /** Others take these away: they may seem to have been pushed out by a load that begins then. */
    onTakenAway(tags: readonly string[]): void {
      for (const tag of tags.filter(isThere)) (preserved.includes(tag) ? pushedOut : owed).add(tag);
    },

    /** What the stable sees in memory is owed no more. */
    look(): void {
      for (const { tag, state } of stable().view().models)
        if (state === 'ready' && isThere(tag))
          for (const set of [toPreload, owed, pushedOut]) set.delete(tag);
    },

    onTyped: (tag: string) => void typedUntil.set(tag, clock.now() + TYPING_MS),
    /** Until now, at least. */
    wasWanted: (tag: string) => void wantedUntil.set(tag, clock.now() + LATE_MS),
  };
}

import type { Clock } from '../ports/clock.ts';
import type { Displaced } from './displaced.ts';
import { createLosses, restAfterLossMs } from './losses.ts';
import { isParked } from './schedule/demand.ts';
import type { HostState, Wish } from './schedule/state.ts';

/** Whoever began to type has asked by then, or will not. */
const TYPING_MS = 60_000;
/** A load that was abandoned may be abandoned again: never without a pause. */
const ABANDONED_REST_MS = 1_000;
/** A model that is to come back and could not be loaded is tried again later each time. */
const restAfterFailureMs = (failures: number) => restAfterLossMs(failures - 1);

/** Loads that would be good to have while nothing else is to do. */
export type Wishes = {
  /** The server is there, for the first time or again. */
  opened(): void;
  /** In a chat that uses this model somebody begins to type. */
  typing(model: string): void;
  /**
   * A load failed. `gone` had made room for it, and come back where there is room; `leaving` were told to, may still
   * go, and come back then: once nobody waits for that load any more. Unless it succeeds later, they leave for
   * another one that does, or nothing stays anyway.
   */
  rollBack(load: Displaced & { readonly model: string }): void;
  /** Ollama has pushed these out, which are to stay: they come back, and what is idle goes for them. */
  restore(models: readonly string[]): void;
  /** These have made room for another model. */
  evicted(models: readonly string[]): void;
  /** `left`: they have left the memory meanwhile, for it or anyway. */
  loaded(model: string, left: readonly string[]): void;
  failed(model: string): void;
  /** Its load was abandoned for others: whatever the reason, it does not begin anew at once. */
  abandoned(model: string): void;
  /** Takes note of what is in memory, and whether anything is to do. */
  observe(state: Pick<HostState, 'models' | 'waiting'>): void;
  list(): readonly Wish[];
  /** When the list may become another one by itself (monotonic milliseconds). */
  nextAt(): number | undefined;
  /** Whether what others do to the memory may make one come true, or necessary. */
  isWatching(): boolean;
};

/** A model that is to come back. */
type Return = {
  /** For which it had left, where that load failed. */
  readonly failed: string | undefined;
  failures: number;
  restsUntil: number;
};

/** Model tags, and times as the configuration has them. */
type WishSettings = {
  readonly preload: readonly string[];
  readonly pinned: readonly string[];
  readonly default: string | undefined;
  /** With nothing to do for so long the default model comes back; null: never. */
  readonly returnAfterMs: number | null;
  /** Models go as soon as nothing waits for them: none is loaded only because somebody may ask. */
  readonly unloadIdle: boolean;
};

type Surroundings = {
  readonly clock: Clock;
  readonly settings: () => WishSettings;
  /** Whether this model is ordered or asked for: it is loaded soon, also after a load that failed. */
  readonly isWaitedFor: (model: string) => boolean;
};

export function createWishes({ clock, settings, isWaitedFor }: Surroundings): Wishes {
  let toPreload: Set<string> | undefined;
  const losses = createLosses(clock);
  const typing = new Map<string, number>();
  const returning = new Map<string, Return>();
  /** Who was told to leave for which load, and when. */
  const owed = new Map<string, { readonly failed: string; readonly since: number }>();
  /** Until when models rest whose loads were abandoned. */
  const abandoned = new Map<string, number>();
  /** What may still come, as it was last seen. */
  let absent: ReadonlySet<string> = new Set();
  /** The default model made room for another one. */
  let displaced = false;
  let idleSince: number | undefined;

  function forget(model: string): void {
    toPreload?.delete(model);
    typing.delete(model);
    if (model === settings().default) displaced = false;
  }

  function comeBack(model: string, failed: string | undefined): void {
    owed.delete(model);
    if (!returning.has(model)) returning.set(model, { failed, failures: 0, restsUntil: clock.now() });
  }

  /** Whoever was told to leave and was asked again since then stays; who has gone comes back. */
  function observeOwed(models: HostState['models']): void {
    for (const [model, { failed, since }] of owed) {
      const seen = models.find(({ tag }) => tag === model);
      if (!seen || seen.state === 'not_loaded') comeBack(model, failed);
      else if (seen.lastUsedAt > since) owed.delete(model);
    }
  }

  const returnsAt = () => {
    const { returnAfterMs, unloadIdle } = settings();
    if (!displaced || idleSince === undefined || returnAfterMs === null || unloadIdle) return undefined;
    return idleSince + returnAfterMs;
  };

  function observe({ models, waiting }: Pick<HostState, 'models' | 'waiting'>): void {
    const isIdle = waiting.every(isParked) && models.every(({ running }) => running === 0);
    idleSince = isIdle ? (idleSince ?? clock.now()) : undefined;
    const here = new Set(models.flatMap(({ tag, state }) => (state === 'ready' ? [tag] : [])));
    for (const model of settings().pinned) losses.note(model, here.has(model));
    // Whoever loaded it: it has come.
    for (const model of here) {
      toPreload?.delete(model);
      returning.delete(model);
    }
    observeOwed(models);
    absent = new Set(models.flatMap(({ tag, state }) => (state === 'not_loaded' ? [tag] : [])));
    for (const ends of [typing, abandoned])
      for (const [model, until] of ends) if (until <= clock.now()) ends.delete(model);
  }

  function list(): readonly Wish[] {
    const now = clock.now();
    const { pinned, default: ofDefault, unloadIdle } = settings();
    const maybe = unloadIdle ? [] : [...(toPreload ?? []), ...typing.keys()];
    const missing = pinned.filter((model) => losses.restsUntil(model) <= now);
    const returns = (returnsAt() ?? Number.POSITIVE_INFINITY) <= now;
    // What left for a load comes back between two attempts of it only to leave again.
    const backs = [...returning].filter(
      ([, { failed, restsUntil }]) => restsUntil <= now && !(failed !== undefined && isWaitedFor(failed)),
    );
    const wishes = [
      ...backs.map(([model, { failed }]) => ({ model, mayEvict: failed === undefined })),
      ...missing.map((model) => ({ model, mayEvict: true })),
      ...maybe.map((model) => ({ model, mayEvict: false, mayTry: toPreload?.has(model) === true })),
      ...(returns && ofDefault !== undefined ? [{ model: ofDefault, mayEvict: true }] : []),
    ];
    return wishes.filter(({ model }) => (abandoned.get(model) ?? 0) <= now);
  }

  return {
    opened() {
      toPreload ??= new Set(settings().preload);
      losses.clear();
    },
    typing: (model) => void typing.set(model, clock.now() + TYPING_MS),
    rollBack({ model: failed, gone, leaving }) {
      // It would go at once.
      if (settings().unloadIdle) return;
      for (const model of gone) comeBack(model, failed);
      for (const model of leaving) owed.set(model, { failed, since: clock.now() });
    },
    restore(models) {
      for (const model of models) comeBack(model, undefined);
    },
    evicted(models) {
      if (models.some((model) => model === settings().default)) displaced = true;
    },
    loaded(model, left) {
      forget(model);
      returning.delete(model);
      for (const missed of [returning, owed])
        for (const [other, { failed }] of missed)
          if (failed === model || left.includes(other)) missed.delete(other);
    },
    failed(model) {
      forget(model);
      const back = returning.get(model);
      if (!back) return;
      back.failures += 1;
      back.restsUntil = clock.now() + restAfterFailureMs(back.failures);
    },

    abandoned: (model) => void abandoned.set(model, clock.now() + ABANDONED_REST_MS),

    observe,

    list,

    nextAt() {
      const rests = [...returning.values()].map(({ restsUntil }) => restsUntil);
      const ends = [returnsAt(), ...losses.restEnds(), ...abandoned.values(), ...rests];
      const later = ends.filter((at): at is number => at !== undefined && at > clock.now());
      return later.length === 0 ? undefined : Math.min(...later);
    },

    isWatching: () =>
      owed.size > 0 || returnsAt() !== undefined || list().some(({ model }) => absent.has(model)),
  };
}

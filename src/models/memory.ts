import type { Clock } from '../ports/clock.ts';
import type { Resident } from '../ports/models.ts';
import type { ModelInMemory, ModelSeen } from './server-view.ts';

/** What we do may be seen in ps so much later. */
const ECHO_MS = 1_000;

type Known = {
  resident: Resident | undefined;
  state: ModelInMemory['state'];
  readyAt: number;
  lastUsedAt: number;
  foreign: boolean;
  byAnother: boolean;
  /** When another client was last seen to use it, and when we last had to do with it. */
  othersUsedAt: number;
  touchedAt: number;
  /** When ps last showed it. */
  seenAt: number;
  /** It is asked something and not shown: Ollama loads it again for that. */
  isMissing: boolean;
};

/**
 * What is in one Ollama's memory: what ps says, and what only we know (what is on its way in or out, who
 * loaded it, when it was last used, what it is answering).
 */
export type Memory = {
  /** Takes over what ps said. Returns the models that came or went without us. */
  sync(residents: readonly Resident[]): { came: readonly string[]; went: readonly string[] };
  /**
   * `ready` after a load that ended well, or an unload that did not. Returns whether this still holds when it is asked:
   * whoever waits for a model to leave may find it gone, and on its way in again.
   */
  mark(tag: string, state: ModelInMemory['state']): () => boolean;
  drop(tag: string): void;
  has(tag: string): boolean;
  isReady(tag: string): boolean;
  /** Returns how many questions it answers now. */
  use(tag: string): number;
  release(tag: string): void;
  /** It may not leave until the returned call, though it is asked nothing. */
  hold(tag: string): () => void;
  resident(tag: string): Resident | undefined;
  /** Whether a model was missing while it answered, and has ended to: it may have come back. */
  isDoubtful(): boolean;
  /** Whether an idle model's keep_alive ends within `ms`. */
  expiresWithin(ms: number): boolean;
  models(): readonly ModelSeen[];
  /** When each model was last asked, also of those that have left. */
  usedAt(): ReadonlyMap<string, number>;
};

export function createMemory(clock: Clock): Memory {
  const known = new Map<string, Known>();
  const running = new Map<string, number>();
  const usedAt = new Map<string, number>();
  let hasLooked = false;
  const answering = (tag: string) => running.get(tag) ?? 0;
  const stateOf = ({ state, isMissing }: Known) => (isMissing && state === 'ready' ? 'loading' : state);

  function anew(state: Known['state']): Known {
    const now = clock.now();
    const never = Number.NEGATIVE_INFINITY;
    return {
      resident: undefined,
      state,
      readyAt: now,
      lastUsedAt: now,
      foreign: false,
      byAnother: false,
      othersUsedAt: never,
      touchedAt: now,
      seenAt: never,
      isMissing: false,
    };
  }

  function touch(tag: string): void {
    const model = known.get(tag);
    if (model) model.touchedAt = clock.now();
  }

  function end(tag: string): void {
    running.set(tag, answering(tag) - 1);
    if (answering(tag) === 0) running.delete(tag);
  }

  function noteUse(tag: string): void {
    const now = clock.now();
    usedAt.set(tag, now);
    const model = known.get(tag);
    if (model) model.lastUsedAt = now;
    touch(tag);
  }

  /** Its time was set anew, and not for us: that is all that ps tells of other clients. */
  function isUsedByOthers(
    tag: string,
    { resident, touchedAt, seenAt }: Known,
    { expiresAt }: Resident,
  ): boolean {
    if (!resident || resident.expiresAt === expiresAt || answering(tag) > 0) return false;
    return touchedAt < seenAt - ECHO_MS;
  }

  return {
    sync(residents) {
      const shown = new Map(residents.map((resident) => [resident.tag, resident]));
      const came: string[] = [];
      const went: string[] = [];
      for (const [tag, resident] of shown) {
        const model = known.get(tag);
        const seenAt = clock.now();
        if (model) {
          if (isUsedByOthers(tag, model, resident)) model.othersUsedAt = seenAt;
          Object.assign(model, { resident, seenAt, isMissing: false });
        } else {
          // What was there before we looked may have been loaded by an earlier run of ours.
          known.set(tag, { ...anew('ready'), resident, seenAt, foreign: true, byAnother: hasLooked });
          came.push(tag);
        }
      }
      for (const [tag, model] of known) {
        // A loading model is not in ps yet; one that answers has gone once its answer has ended.
        if (shown.has(tag) || model.state === 'loading') continue;
        model.isMissing = answering(tag) > 0;
        if (model.isMissing) continue;
        known.delete(tag);
        if (model.state === 'ready') went.push(tag);
      }
      hasLooked = true;
      return { came, went };
    },

    mark(tag, state) {
      const now = clock.now();
      const model = known.get(tag) ?? anew(state);
      known.set(tag, model);
      if (model.state === 'loading' && state === 'ready')
        Object.assign(model, { readyAt: now, lastUsedAt: now });
      // It was told to leave, and did not: somebody else keeps it busy.
      if (model.state === 'unloading' && state === 'ready') model.othersUsedAt = now;
      Object.assign(model, { state, touchedAt: now });
      return () => known.get(tag) === model && model.state === state;
    },

    drop: (tag) => void known.delete(tag),
    has: (tag) => known.has(tag),
    isReady(tag) {
      const model = known.get(tag);
      return model !== undefined && stateOf(model) === 'ready';
    },

    use(tag) {
      running.set(tag, answering(tag) + 1);
      noteUse(tag);
      return answering(tag);
    },

    release(tag) {
      end(tag);
      noteUse(tag);
    },

    hold(tag) {
      running.set(tag, answering(tag) + 1);
      return () => {
        end(tag);
        touch(tag);
      };
    },

    resident: (tag) => known.get(tag)?.resident,

    isDoubtful: () => [...known].some(([tag, { isMissing }]) => isMissing && answering(tag) === 0),

    expiresWithin(ms) {
      const soon = clock.wall() + ms;
      return [...known].some(([tag, { resident }]) => {
        const expiresAt = resident?.expiresAt ?? null;
        return expiresAt !== null && expiresAt <= soon && answering(tag) === 0;
      });
    },

    models: () =>
      [...known].map(([tag, model]) => {
        const { resident, readyAt, lastUsedAt, foreign, byAnother, othersUsedAt } = model;
        return {
          tag,
          state: stateOf(model),
          running: answering(tag),
          sizeBytes: resident?.sizeBytes ?? 0,
          vramBytes: resident?.vramBytes ?? 0,
          readyAt,
          lastUsedAt,
          foreign,
          byAnother,
          othersUsedAt,
          ...(resident && { expiresAt: resident.expiresAt }),
          ...(resident?.contextLength !== undefined && { contextLength: resident.contextLength }),
        };
      }),

    usedAt: () => usedAt,
  };
}

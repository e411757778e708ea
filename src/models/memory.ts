import type { Clock } from '../ports/clock.ts';
import type { Resident } from '../ports/models.ts';
import type { ModelInMemory } from './schedule.ts';
import type { ModelSeen } from './server-view.ts';

type Known = {
  resident: Resident | undefined;
  state: ModelInMemory['state'];
  lastUsedAt: number;
  foreign: boolean;
};

/**
 * What is in one Ollama's memory: what ps says, and what only we know (what is on its way in or out, who
 * loaded it, when it was last used, what it is answering).
 */
export type Memory = {
  /** Takes over what ps said. Returns the models that came or went without us. */
  sync(residents: readonly Resident[]): { came: readonly string[]; went: readonly string[] };
  /** `ready` after a load that ended well, or an unload that did not. */
  mark(tag: string, state: ModelInMemory['state']): void;
  drop(tag: string): void;
  has(tag: string): boolean;
  use(tag: string): void;
  release(tag: string): void;
  resident(tag: string): Resident | undefined;
  /** Whether an idle model's keep_alive ends within `ms`. */
  expiresWithin(ms: number): boolean;
  models(): readonly ModelSeen[];
};

export function createMemory(clock: Clock): Memory {
  const known = new Map<string, Known>();
  const running = new Map<string, number>();
  const answering = (tag: string) => running.get(tag) ?? 0;

  return {
    sync(residents) {
      const shown = new Map(residents.map((resident) => [resident.tag, resident]));
      const came: string[] = [];
      const went: string[] = [];
      for (const [tag, resident] of shown) {
        const model = known.get(tag);
        if (model) model.resident = resident;
        else {
          known.set(tag, { resident, state: 'ready', lastUsedAt: clock.now(), foreign: true });
          came.push(tag);
        }
      }
      for (const [tag, model] of known) {
        // A loading model is not in ps yet; one that answers is found missing when its answer ends.
        if (shown.has(tag) || model.state === 'loading' || answering(tag) > 0) continue;
        known.delete(tag);
        if (model.state === 'ready') went.push(tag);
      }
      return { came, went };
    },

    mark(tag, state) {
      const model = known.get(tag);
      if (model) model.state = state;
      else known.set(tag, { resident: undefined, state, lastUsedAt: clock.now(), foreign: false });
    },

    drop: (tag) => void known.delete(tag),
    has: (tag) => known.has(tag),

    use(tag) {
      running.set(tag, answering(tag) + 1);
      const model = known.get(tag);
      if (model) model.lastUsedAt = clock.now();
    },

    release(tag) {
      running.set(tag, answering(tag) - 1);
      if (answering(tag) === 0) running.delete(tag);
      const model = known.get(tag);
      if (model) model.lastUsedAt = clock.now();
    },

    resident: (tag) => known.get(tag)?.resident,

    expiresWithin(ms) {
      const soon = clock.wall() + ms;
      return [...known].some(([tag, { resident }]) => {
        const expiresAt = resident?.expiresAt ?? null;
        return expiresAt !== null && expiresAt <= soon && answering(tag) === 0;
      });
    },

    models: () =>
      [...known].map(([tag, { resident, state, lastUsedAt, foreign }]) => ({
        tag,
        state,
        running: answering(tag),
        sizeBytes: resident?.sizeBytes ?? 0,
        lastUsedAt,
        foreign,
        ...(resident && { expiresAt: resident.expiresAt }),
      })),
  };
}

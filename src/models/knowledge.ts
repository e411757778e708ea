import type { ArrivalRate } from './arrival-rate.ts';
import type { Inventory } from './inventory.ts';
import type { Memory } from './memory.ts';
import type { ModelTimes } from './model-times.ts';
import type { Needs } from './needs.ts';
import type { Keeps, ModelState } from './schedule/state.ts';
import type { ServiceTime } from './service-time.ts';

/** Of a model that is in memory without being installed any more. */
const UNKNOWN = {
  cold: { medianMs: 30_000, basis: 'guessed' },
  warm: { medianMs: 30_000, basis: 'guessed' },
} as const;

/** Whoever has used a model comes back within this, or not: Ollama keeps it so long by default. */
const OTHERS_MS = 300_000;

/** All that a decision is told of the models of one server. */
export type Knowledge = { models(now: number): readonly ModelState[] };

type Surroundings = {
  readonly memory: Pick<Memory, 'models'>;
  readonly inventory: Pick<Inventory, 'list'>;
  readonly arrivals: Pick<ArrivalRate, 'of'>;
  readonly service: Pick<ServiceTime, 'of'>;
  readonly needs: Pick<Needs, 'of'>;
  readonly times: Pick<ModelTimes, 'of'>;
  readonly keeps: (tag: string) => Keeps;
  readonly slots: (tag: string) => number;
  /** Until when it is left alone after failed loads. Monotonic milliseconds. */
  readonly restsUntil: (tag: string) => number;
};

export function createKnowledge(surroundings: Surroundings): Knowledge {
  const { memory, inventory, arrivals, service, needs, times, keeps, slots, restsUntil } = surroundings;

  return {
    models(now) {
      const inMemory = new Map(memory.models().map((model) => [model.tag, model]));
      const installed = new Map(inventory.list().map((model) => [model.tag, model]));
      return [...new Set([...inMemory.keys(), ...installed.keys()])].map((tag) => {
        const seen = inMemory.get(tag);
        const model = installed.get(tag);
        const { cold, warm } = times.of(tag) ?? UNKNOWN;
        return {
          tag,
          state: seen?.state ?? 'not_loaded',
          running: seen?.running ?? 0,
          slots: slots(tag),
          needBytes: seen?.sizeBytes || (model ? needs.of(model).besideBytes : 0),
          fileBytes: model?.sizeBytes ?? 0,
          readyAt: seen?.readyAt ?? 0,
          lastUsedAt: seen?.lastUsedAt ?? 0,
          foreign: seen?.foreign ?? false,
          isOthers: seen !== undefined && (seen.byAnother || now - seen.othersUsedAt < OTHERS_MS),
          keeps: keeps(tag),
          ...(seen?.expiresAt !== undefined && { expiresAt: seen.expiresAt }),
          restsUntil: restsUntil(tag),
          coldLoadMs: cold.medianMs,
          // A warm load is believed once one was seen.
          warmLoadMs: warm.basis === 'measured' ? Math.min(warm.medianMs, cold.medianMs) : cold.medianMs,
          serviceMs: service.of(tag),
          arrivalRate: arrivals.of(tag, now),
        };
      });
    },
  };
}

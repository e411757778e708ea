import type { Logger } from '../ports/logger.ts';

/** An answer that stood in line at Ollama for longer met more questions than there are slots. */
const WAITED_SECONDS = 1;
/** Once may be chance. */
const PROOFS = 3;

/** How many questions a model answers at once: as configured, unless Ollama is seen to answer fewer. */
export type Slots = {
  of(tag: string): number;
  /** An answer ended that was begun as the `atOnce`-th at its model, and stood in line there for `waitSeconds`. */
  note(tag: string, atOnce: number, waitSeconds: number): void;
  /** The server may have been started with other settings. */
  forget(): void;
};

type Surroundings = { readonly configured: () => number; readonly logger: Logger };

type Seen = { shown: number; proofs: number; limit: number | undefined };

export function createSlots({ configured, logger }: Surroundings): Slots {
  const seen = new Map<string, Seen>();

  return {
    of: (tag) => Math.min(configured(), seen.get(tag)?.limit ?? Number.POSITIVE_INFINITY),

    note(tag, atOnce, waitSeconds) {
      if (atOnce < 2) return;
      const model = seen.get(tag) ?? { shown: 1, proofs: 0, limit: undefined };
      seen.set(tag, model);
      if (waitSeconds < WAITED_SECONDS) {
        Object.assign(model, { shown: Math.max(model.shown, atOnce), proofs: 0 });
        return;
      }
      model.proofs += 1;
      if (model.proofs < PROOFS || model.shown >= atOnce || model.limit === model.shown) return;
      model.limit = model.shown;
      logger.warn(
        { model: tag, parallel: configured(), seen: model.shown },
        'Ollama answers fewer questions at once than llm.parallel says: set OLLAMA_NUM_PARALLEL to the same',
      );
    },

    forget: () => seen.clear(),
  };
}

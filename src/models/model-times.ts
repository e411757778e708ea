import type { Clock } from '../ports/clock.ts';
import { runnerOptionsOf } from './catalogue.ts';
import type { Inventory } from './inventory.ts';
import { type LoadHistory, type Measured, numCtxOf } from './load-history.ts';
import type { Estimate, Tier } from './load-series.ts';
import { tierOf } from './load-tier.ts';
import type { Settings } from './settings.ts';

/** The page cache probably still holds a file that was read so recently. */
const RECENT_MS = 30 * 60_000;

/** What one model takes. */
export type TimesOfModel = {
  readonly cold: Estimate;
  readonly warm: Estimate;
  /** Of an answer; undefined where none was measured. */
  readonly service: Estimate | undefined;
  /** How a load that begins now will probably run. */
  readonly expected: Tier;
};

/** What the loads and answers of one server's models take, by their tags. */
export type ModelTimes = {
  /** Undefined for a model that is not installed. */
  of(tag: string): TimesOfModel | undefined;
  /** A load that was expected to run like this ended well after so long. */
  loaded(tag: string, expected: Tier, ms: number): void;
  /** An answer kept its model so long. */
  answered(tag: string, ms: number): void;
};

type Surroundings = {
  readonly host: string;
  readonly history: LoadHistory;
  readonly inventory: Pick<Inventory, 'find'>;
  readonly settings: () => Pick<Settings, 'models'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether its file was read ahead of its load, or is being read while it is loaded. */
  readonly staging: { isStaged(tag: string): boolean; isJoined(tag: string): boolean };
};

export function createModelTimes(surroundings: Surroundings): ModelTimes {
  const { host, history, inventory, settings, clock, staging } = surroundings;
  const loadedAt = new Map<string, number>();

  function find(tag: string): (Measured & { readonly sizeBytes: number }) | undefined {
    const installed = inventory.find(tag);
    if (!installed) return undefined;
    const { digest, sizeBytes } = installed;
    return { host, digest, sizeBytes, numCtx: numCtxOf(runnerOptionsOf(tag, settings().models)) };
  }

  /** Goes by the file: two tags of one digest share it. */
  function expected(tag: string, digest: string): Tier {
    if (staging.isStaged(tag)) return 'warm';
    const at = loadedAt.get(digest);
    return at !== undefined && clock.now() - at <= RECENT_MS ? 'warm' : 'cold';
  }

  function of(tag: string): TimesOfModel | undefined {
    const model = find(tag);
    return (
      model && {
        cold: history.estimate({ ...model, tier: 'cold' }),
        warm: history.estimate({ ...model, tier: 'warm' }),
        service: history.service(model),
        expected: expected(tag, model.digest),
      }
    );
  }

  return {
    of,

    loaded(tag, expectedTier, ms) {
      const model = find(tag);
      const usual = of(tag);
      if (!model || !usual) return;
      loadedAt.set(model.digest, clock.now());
      if (!staging.isJoined(tag)) history.note({ ...model, tier: tierOf(ms, expectedTier, usual), ms });
    },

    answered(tag, ms) {
      const model = find(tag);
      if (model) history.noteService({ ...model, ms });
    },
  };
}

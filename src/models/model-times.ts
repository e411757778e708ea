import { runnerOptionsOf } from './catalogue.ts';
import type { Inventory } from './inventory.ts';
import { type LoadHistory, type Measured, numCtxOf } from './load-history.ts';
import type { Estimate, Tier } from './load-series.ts';
import { tierOf } from './load-tier.ts';
import type { Settings } from './settings.ts';
import type { Stager } from './stager.ts';

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
  /** Whether its file is in memory, or is being read ahead while it is loaded. */
  readonly staging: Pick<Stager, 'isCached' | 'isJoined'>;
};

export function createModelTimes(surroundings: Surroundings): ModelTimes {
  const { host, history, inventory, settings, staging } = surroundings;

  function find(tag: string): (Measured & { readonly sizeBytes: number }) | undefined {
    const installed = inventory.find(tag);
    if (!installed) return undefined;
    const { digest, sizeBytes } = installed;
    return { host, digest, sizeBytes, numCtx: numCtxOf(runnerOptionsOf(tag, settings().models)) };
  }

  function of(tag: string): TimesOfModel | undefined {
    const model = find(tag);
    return (
      model && {
        cold: history.estimate({ ...model, tier: 'cold' }),
        warm: history.estimate({ ...model, tier: 'warm' }),
        service: history.service(model),
        expected: staging.isCached(tag) ? 'warm' : 'cold',
      }
    );
  }

  return {
    of,

    loaded(tag, expectedTier, ms) {
      const model = find(tag);
      const usual = of(tag);
      if (!model || !usual) return;
      if (!staging.isJoined(tag)) history.note({ ...model, tier: tierOf(ms, expectedTier, usual), ms });
    },

    answered(tag, ms) {
      const model = find(tag);
      if (model) history.noteService({ ...model, ms });
    },
  };
}

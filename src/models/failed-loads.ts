import { type OstlerError, toFailure } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

/** How long a model is left alone after its n-th failed load in a row. */
const restAfterFailureMs = (failures: number) => Math.min(1_000 * 2 ** failures, 60_000);

/** Failures so long ago say nothing of the next load. */
const REMEMBERED_MS = 600_000;

export type FailedLoad = { readonly count: number; readonly restsUntil: number; readonly error: OstlerError };

/** Models whose last load failed. */
export type FailedLoads = {
  all(): ReadonlyMap<string, FailedLoad>;
  /** Returns whether it is not tried again for those who wait. */
  note(model: string, error: OstlerError): boolean;
  forget(model: string): void;
};

type Surroundings = {
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  readonly maxRetries: () => number;
};

export function createFailedLoads({ clock, logger, maxRetries }: Surroundings): FailedLoads {
  const failures = new Map<string, FailedLoad>();

  return {
    all: () => failures,
    note(model, error) {
      logger.warn({ model, ...toFailure(error) }, 'a load failed');
      const before = failures.get(model);
      const isLately = before && clock.now() - before.restsUntil <= REMEMBERED_MS;
      const count = (isLately ? before.count : 0) + 1;
      failures.set(model, { count, restsUntil: clock.now() + restAfterFailureMs(count), error });
      // A model that is listed and then not there may be on its way out: the new list will say.
      const mayWork = error.retryable || error.code === 'not_installed';
      return !mayWork || count > maxRetries();
    },
    forget: (model) => void failures.delete(model),
  };
}

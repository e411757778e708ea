import { OstlerError, toFailure } from '../../src/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { pause } from '../../src/within.ts';

const FIRST_MS = 500;
const MOST_MS = 30_000;

type Needs = { readonly clock: Clock; readonly logger: Logger; readonly signal: AbortSignal };

/** Discord brings nothing again: what cannot be taken now is tried until it can, or the signal ends that. */
export type UntilTaken = (task: () => Promise<void>) => Promise<'taken' | 'left'>;

export function createUntilTaken({ clock, logger, signal }: Needs): UntilTaken {
  return async (task) => {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        await task();
        return 'taken';
      } catch (error) {
        const { code, hint } = toFailure(error);
        if (!mayComeAgain(error)) {
          logger.error({ code, hint }, 'something from Discord could not be handled; skipped');
          return 'taken';
        }
        if (attempt === 0)
          logger.warn({ code, hint }, 'something from Discord cannot be taken now; trying again');
        await pause({ clock, ms: Math.min(FIRST_MS * 2 ** attempt, MOST_MS), signal });
      }
    }
    return 'left';
  };
}

/** Anything else is a mistake of ours, and would be the same again. */
function mayComeAgain(error: unknown): boolean {
  if (!(error instanceof OstlerError)) return false;
  return error.retryable || error.code === 'storage' || error.code === 'stopping';
}

import { setTimeout as pause } from 'node:timers/promises';
import { OstlerError } from '../../src/errors.ts';

/** A bot that restarts is back within seconds; its queue has kept the question. */
const RECONNECT_FOR_MS = 60_000;
const RECONNECT_PAUSE_MS = 250;
/** A bot that hangs must not keep somebody who wants to leave. */
export const PARTING_MS = 2_000;
/** Timers know no longer wait. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Tries again while the connection is lost, for a minute after it last stood (`connected` was called); what is
 * refused is final.
 */
export async function persist<T>(
  leave: AbortSignal,
  attempt: (connected: () => void) => Promise<T>,
): Promise<T> {
  let lostAt: number | undefined;
  for (;;) {
    try {
      return await attempt(() => {
        lostAt = undefined;
      });
    } catch (error) {
      lostAt ??= performance.now();
      const givesUp = performance.now() - lostAt > RECONNECT_FOR_MS;
      if (isFinal(error) || leave.aborted || givesUp) throw error;
      await pause(RECONNECT_PAUSE_MS, undefined, { signal: leave });
    }
  }
}

export const isFinal = (error: unknown): boolean => error instanceof OstlerError && error.code !== 'stopping';

/** Aborted after so many seconds. */
export const after = (seconds: number): AbortSignal =>
  AbortSignal.timeout(Math.min(Math.ceil(seconds * 1_000), LONGEST_MS));

/** A moment after `leave`: what is being sent may arrive, so that it can be stopped by its name. */
export function parting(leave: AbortSignal): AbortSignal {
  const over = new AbortController();
  const end = () => void setTimeout(() => over.abort(leave.reason), PARTING_MS).unref();
  if (leave.aborted) end();
  else leave.addEventListener('abort', end, { once: true });
  return over.signal;
}

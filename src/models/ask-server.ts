import { OstlerError, toOstlerError } from '../errors.ts';

/** The longest time that timers know; longer ones would end at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Aborts after so many milliseconds, fractions and centuries included. */
export function timeoutSignal(ms: number): AbortSignal {
  return AbortSignal.timeout(Math.min(Math.ceil(ms), LONGEST_MS));
}

/** Runs one short request against a server that may have gone silent. Throws `unreachable` after `ms`. */
export async function askWithin<T>(
  ms: number,
  stopped: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = timeoutSignal(ms);
  try {
    return await ask(AbortSignal.any([stopped, timeout]));
  } catch (cause) {
    if (stopped.aborted || !timeout.aborted) throw cause;
    throw new OstlerError(`Ollama did not answer within ${ms / 1000} s.`, {
      code: 'unreachable',
      hint: 'It accepts connections but is silent: restart it, or look at its log.',
      cause,
      retryable: true,
    });
  }
}

/** A server that was restarted has closed the connection that was kept to it: it is asked once more. */
export function askTwice<T>(ask: () => Promise<T>): Promise<T> {
  return ask().catch((cause: unknown) => {
    const { code, retryable } = toOstlerError(cause);
    if (!retryable || code === 'unreachable') throw cause;
    return ask();
  });
}

import { OstlerError } from './errors.ts';
import type { Clock } from './ports/clock.ts';

type Limits = { readonly clock: Clock; readonly ms: number; readonly signal?: AbortSignal };

/**
 * The call ends with the signal, and after `ms` with a retryable `unreachable`. One that does not listen to
 * its own signal is left behind.
 */
export async function within<T>(
  { clock, ms, signal }: Limits,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ends = new AbortController();
  const stop = () => ends.abort(signal?.reason);
  const cancel = clock.after(ms, () => {
    ends.abort(new OstlerError('No answer in time.', { code: 'unreachable', retryable: true }));
  });
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    return await Promise.race([call(ends.signal), rejection(ends.signal)]);
  } finally {
    cancel();
    signal?.removeEventListener('abort', stop);
  }
}

/** Resolves after `ms` or with the signal, whichever comes first. */
export function pause({ clock, ms, signal }: Limits): Promise<void> {
  if (ms <= 0 || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const over = () => {
      cancel();
      signal?.removeEventListener('abort', over);
      resolve();
    };
    const cancel = clock.after(ms, over);
    signal?.addEventListener('abort', over);
  });
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
  });
}

type Read<T> = (signal: AbortSignal) => Promise<T | undefined>;

/**
 * Undefined for whatever goes wrong, and after `ms`. What hangs in a driver cannot even be killed: it is not begun
 * again before it has ended.
 */
export function withLimit<T>(ms: number, read: Read<T>): Read<T> {
  let reading: Promise<T | undefined> | undefined;
  return (signal) => {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
    reading ??= read(limited)
      .catch(() => undefined)
      .finally(() => {
        reading = undefined;
      });
    return Promise.race([reading, abortOf(limited)]);
  };
}

function abortOf(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const end = () => resolve(undefined);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

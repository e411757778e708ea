/** Aborted by the first signal to end; the second ends the process at once, with this exit code. */
export function interruption(exitCode: number): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted.abort();
      process.once(signal, () => process.exit(exitCode));
    });
  }
  return interrupted.signal;
}

const WINDOW_MS = 60_000;
const MAX_FAILURES = 10;
const MAX_ADDRESSES = 10_000;

export type Attempts = {
  /** Whether this address has failed too often within the last minute. */
  exhausted(address: string): boolean;
  failed(address: string): void;
};

export function createAttempts(now: () => number): Attempts {
  const failures = new Map<string, readonly number[]>();
  const recent = (address: string) => {
    const times = (failures.get(address) ?? []).filter((at) => at > now() - WINDOW_MS);
    if (times.length === 0) failures.delete(address);
    return times;
  };

  return {
    exhausted: (address) => recent(address).length >= MAX_FAILURES,
    failed(address) {
      const times = [...recent(address), now()];
      failures.delete(address);
      failures.set(address, times);
      const oldest = failures.keys().next();
      if (failures.size > MAX_ADDRESSES && !oldest.done) failures.delete(oldest.value);
    },
  };
}

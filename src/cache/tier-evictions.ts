import type { Eviction } from './memory-tier.ts';

type Listener = (reason: Eviction, times: number) => void;

/** Tells those who listen that entries have left a tier by themselves. */
export function toldEvictions() {
  const listeners = new Set<Listener>();
  return {
    tell(reason: Eviction, times: number): void {
      if (times > 0) for (const listener of listeners) listener(reason, times);
    },
    onEviction: (listener: Listener) => void listeners.add(listener),
  };
}

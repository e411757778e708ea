import type { TierHealth } from '../ports/cache-tier.ts';

/** What is known of a tier's health, told to those who listen whenever its state changes. */
export function watchedHealth(first: TierHealth) {
  const listeners = new Set<(health: TierHealth) => void>();
  let health = first;
  return {
    get: () => health,
    set(next: TierHealth): void {
      const changed = next.state !== health.state;
      health = next;
      if (changed) for (const listener of listeners) listener(health);
    },
    onChange: (listener: (health: TierHealth) => void) => void listeners.add(listener),
  };
}

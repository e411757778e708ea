import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';

type Kept = { readonly value: unknown; readonly until: number };

/** A store in memory; lifetimes end by the clock, without one never. */
export function fakeStore(clock: Pick<Clock, 'wall'> = { wall: () => 0 }): Store {
  const values = new Map<string, Kept>();
  const find = (key: string) => {
    const kept = values.get(key);
    return kept && kept.until > clock.wall() ? kept : undefined;
  };
  return {
    get: async (key) => find(key)?.value,
    set: async (key, value, ttlMs = Number.POSITIVE_INFINITY) =>
      void values.set(key, { value, until: clock.wall() + ttlMs }),
    delete: async (key) => void values.delete(key),
    async update(key, change) {
      const kept = find(key);
      const value = change(kept?.value);
      if (value === undefined) values.delete(key);
      else values.set(key, { value, until: kept?.until ?? Number.POSITIVE_INFINITY });
      return value;
    },
  };
}

import type { Store } from '../../src/ports/store.ts';

/** A store in memory, without lifetimes. */
export function fakeStore(): Store {
  const values = new Map<string, unknown>();
  return {
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
    async update(key, change) {
      const value = change(values.get(key));
      if (value === undefined) values.delete(key);
      else values.set(key, value);
      return value;
    },
  };
}

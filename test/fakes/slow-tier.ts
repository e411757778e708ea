import type { CacheTier } from '../../src/ports/cache-tier.ts';

const later = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A second tier that answers a moment later, as one over a network. */
export function slowTier(): CacheTier {
  const values = new Map<string, string>();
  return {
    backend: 'sqlite',
    async get(key) {
      await later();
      const value = values.get(key);
      await later();
      return value === undefined ? { kind: 'miss' } : { kind: 'hit', value, leftMs: undefined };
    },
    async set(key, value) {
      await later();
      values.set(key, value);
      return true;
    },
    async delete(key) {
      await later();
      values.delete(key);
      return true;
    },
    forget: async () => false,
    async clear() {
      await later();
      values.clear();
      return true;
    },
    entries: () => values.size,
    bytes: () => undefined,
    health: () => ({ state: 'ready', detail: '' }),
    onHealth: () => {},
    onEviction: () => {},
    close: async () => {},
  };
}

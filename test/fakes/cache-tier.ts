import { toldEvictions } from '../../src/cache/tier-evictions.ts';
import { watchedHealth } from '../../src/cache/tier-health.ts';
import type { CacheTier, TierAnswer, TierHealth } from '../../src/ports/cache-tier.ts';

/** A second tier in memory that is as well as a test says. Values are kept for ever. */
export function fakeTier(first: TierHealth = { state: 'ready', detail: '' }) {
  const values = new Map<string, string>();
  const health = watchedHealth(first);
  const evictions = toldEvictions();
  const works = () => ['ready', 'full'].includes(health.get().state);
  const answer = (key: string): TierAnswer => {
    const value = values.get(key);
    return value === undefined ? { kind: 'miss' } : { kind: 'hit', value, leftMs: undefined };
  };
  const tier: CacheTier = {
    backend: 'redis',
    get: async (key) => (works() ? answer(key) : { kind: 'error' }),
    async set(key, value) {
      if (health.get().state !== 'ready') return false;
      values.set(key, value);
      return true;
    },
    async delete(key) {
      values.delete(key);
      return works();
    },
    forget: async () => false,
    async clear() {
      if (!works()) return false;
      values.clear();
      return true;
    },
    entries: () => values.size,
    bytes: () => undefined,
    onEviction: evictions.onEviction,
    health: health.get,
    onHealth: health.onChange,
    close: async () => {},
  };
  return { tier, values, become: health.set, evict: evictions.tell };
}

import { LRUCache } from 'lru-cache';
import { causeOfDeath, isAlive, type Lifetime, lifeMs } from './lifetime.ts';
import type { Eviction, MemoryLimits, MemoryTier, OpenMemoryTier } from './memory-tier.ts';

type Entry<V> = Lifetime & { readonly value: V };

/**
 * Who was not asked for longest leaves first. The package's own TTL would be renewed by every get or by none:
 * both times are fields of the entry, and so is its weight, so that the reason of each eviction is known.
 */
export const lruTier: OpenMemoryTier = <V>(
  limits: MemoryLimits,
  onEviction: (reason: Eviction, key: string) => void,
  now: () => number,
): MemoryTier<V> => {
  const { maxEntries, maxBytes, ttiMs } = limits;
  let bytes = 0;
  let pressedBy: Eviction = 'capacity';
  const cache = new LRUCache<string, Entry<V>>({
    max: maxEntries,
    dispose(entry, key, how) {
      bytes -= entry.bytes;
      if (how !== 'evict') return;
      const at = now();
      onEviction(isAlive(entry, at, ttiMs) ? pressedBy : causeOfDeath(entry, at), key);
    },
  });

  /** Without them the package makes new ones at every call. */
  const options = { get: {}, set: {} };

  function bury(key: string, entry: Entry<V>, at: number): void {
    cache.delete(key);
    onEviction(causeOfDeath(entry, at), key);
  }

  function dropExpired(): void {
    const at = now();
    for (const [key, entry] of [...cache]) if (!isAlive(entry, at, ttiMs)) bury(key, entry, at);
  }

  return {
    get(key) {
      const entry = cache.get(key, options.get);
      if (entry === undefined) return undefined;
      const at = now();
      if (isAlive(entry, at, ttiMs)) {
        entry.lastAccess = at;
        return entry.value;
      }
      bury(key, entry, at);
      return undefined;
    },
    set(key, value, size, ttlMs) {
      const life = lifeMs(limits, size, ttlMs);
      if (life === undefined) {
        cache.delete(key);
        return;
      }
      const at = now();
      cache.set(key, { value, bytes: size, expiresAt: at + life, lastAccess: at }, options.set);
      bytes += size;
      if (bytes <= maxBytes) return;
      pressedBy = 'bytes';
      while (bytes > maxBytes) cache.pop();
      pressedBy = 'capacity';
    },
    delete(key) {
      cache.delete(key);
    },
    clear: () => cache.clear(),
    entries() {
      dropExpired();
      return cache.size;
    },
    bytes() {
      dropExpired();
      return bytes;
    },
  };
};

import { frequencySketch, hashText } from './frequency-sketch.ts';
import { causeOfDeath, isAlive, lifeMs } from './lifetime.ts';
import type { Eviction, MemoryLimits, MemoryTier, OpenMemoryTier } from './memory-tier.ts';
import { createSegment, type Entry, type Segment } from './segment.ts';

/** The textbook's 1 % loses to plain LRU on the traffic of chats, where what is new is asked again soon. */
const WINDOW = 0.2;
/** Of what is not the window. */
const PROTECTED = 0.8;

/**
 * W-TinyLFU (Einziger, Friedman, Manes 2017). What is new enters a small LRU, the window. Who falls out of it is on
 * probation, and when room is needed, meets who was on probation for longest: whoever was asked for less often
 * lately leaves. Who is asked for on probation is protected, until those who are used more push it back.
 */
export const tinylfuTier: OpenMemoryTier = <V>(
  limits: MemoryLimits,
  onEviction: (reason: Eviction, key: string) => void,
  now: () => number,
): MemoryTier<V> => {
  const { maxEntries, maxBytes, ttiMs } = limits;
  const windowEntries = Math.max(1, Math.round(maxEntries * WINDOW));
  const protectedShare = (1 - WINDOW) * PROTECTED;
  const known = new Map<string, Entry<V>>();
  const sketch = frequencySketch(maxEntries);
  const recent = createSegment<V>(windowEntries, maxBytes * WINDOW);
  const probation = createSegment<V>(maxEntries, maxBytes);
  const proven = createSegment<V>(
    Math.floor((maxEntries - windowEntries) * PROTECTED),
    maxBytes * protectedShare,
  );

  const weight = () => recent.bytes() + probation.bytes() + proven.bytes();

  function remove(entry: Entry<V>): void {
    known.delete(entry.key);
    entry.segment?.remove(entry);
  }

  function evict(entry: Entry<V>, reason: Eviction): void {
    remove(entry);
    onEviction(reason, entry.key);
  }

  function move(entry: Entry<V>, to: Segment<V>): void {
    entry.segment?.remove(entry);
    to.add(entry);
  }

  function use(entry: Entry<V>): void {
    sketch.count(entry.hash);
    move(entry, entry.segment === recent ? recent : proven);
    for (let last = proven.oldest(); last && proven.isOver(); last = proven.oldest()) move(last, probation);
  }

  /** Who has to go: the candidate, or who was on probation for longest. */
  function loser(candidate: Entry<V> | undefined): Entry<V> | undefined {
    const victim = probation.oldest() ?? proven.oldest() ?? recent.oldest();
    if (!victim || !candidate || candidate.segment !== probation) return victim;
    return sketch.estimate(candidate.hash) > sketch.estimate(victim.hash) ? victim : candidate;
  }

  function makeRoom(): void {
    let candidate: Entry<V> | undefined;
    for (let last = recent.oldest(); last && recent.isOver(); last = recent.oldest()) {
      move(last, probation);
      candidate = last;
    }
    for (;;) {
      const isHeavy = weight() > maxBytes;
      if (!isHeavy && known.size <= maxEntries) return;
      const entry = loser(candidate);
      if (!entry) return;
      const at = now();
      evict(entry, isAlive(entry, at, ttiMs) ? reasonOf(isHeavy) : causeOfDeath(entry, at));
    }
  }

  function dropExpired(): void {
    const at = now();
    for (const entry of known.values()) {
      if (!isAlive(entry, at, ttiMs)) evict(entry, causeOfDeath(entry, at));
    }
  }

  return {
    get(key) {
      const entry = known.get(key);
      if (entry === undefined) return undefined;
      const at = now();
      if (!isAlive(entry, at, ttiMs)) {
        evict(entry, causeOfDeath(entry, at));
        return undefined;
      }
      entry.lastAccess = at;
      use(entry);
      return entry.value;
    },
    set(key, value, bytes, ttlMs) {
      const old = known.get(key);
      const segment = old?.segment ?? recent;
      if (old) remove(old);
      const life = lifeMs(limits, bytes, ttlMs);
      if (life === undefined) return;
      const at = now();
      const hash = hashText(key);
      const times = { expiresAt: at + life, lastAccess: at };
      const links = { segment: undefined, older: undefined, newer: undefined };
      const entry: Entry<V> = { key, hash, value, bytes, ...times, ...links };
      known.set(key, entry);
      segment.add(entry);
      use(entry);
      makeRoom();
    },
    delete(key) {
      const entry = known.get(key);
      if (entry) remove(entry);
    },
    clear() {
      for (const entry of known.values()) remove(entry);
    },
    entries() {
      dropExpired();
      return known.size;
    },
    bytes() {
      dropExpired();
      return weight();
    },
  };
};

function reasonOf(isHeavy: boolean): Eviction {
  return isHeavy ? 'bytes' : 'capacity';
}

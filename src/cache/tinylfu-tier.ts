import { frequencySketch, hashEnd } from './frequency-sketch.ts';
import { lifeMs } from './lifetime.ts';
import type { Eviction, MemoryLimits, MemoryTier, OpenMemoryTier } from './memory-tier.ts';
import { createSegments, NONE } from './segments.ts';

/** The textbook's 1 % loses to plain LRU on the traffic of chats, where what is new is asked again soon. */
const WINDOW = 0.2;
/** Of what is not the window. */
const PROTECTED = 0.8;
/** The segments: the window, and who came out of it. */
const RECENT = 0;
const PROBATION = 1;
const PROVEN = 2;

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
  // One more than there may be: it is there before another one goes.
  const slots = maxEntries + 1;
  const known = new Map<string, number>();
  const sketch = frequencySketch(maxEntries);
  const segments = createSegments(slots, [
    { maxEntries: windowEntries, maxBytes: maxBytes * WINDOW },
    { maxEntries, maxBytes },
    {
      maxEntries: Math.floor((maxEntries - windowEntries) * PROTECTED),
      maxBytes: maxBytes * (1 - WINDOW) * PROTECTED,
    },
  ]);
  const keys = new Array<string>(slots).fill('');
  const values = new Array<V | undefined>(slots).fill(undefined);
  const hashes = new Int32Array(slots);
  const expiresAt = new Float64Array(slots);
  const lastAccess = new Float64Array(slots);
  const free = Int32Array.from({ length: slots }, (_, at) => slots - 1 - at);
  let weight = 0;

  const isAlive = (slot: number, at: number) =>
    at < (expiresAt[slot] as number) && at - (lastAccess[slot] as number) < ttiMs;

  function remove(slot: number): void {
    known.delete(keys[slot] as string);
    free[slots - 1 - known.size] = slot;
    weight -= segments.bytesOf(slot);
    segments.remove(slot);
    keys[slot] = '';
    values[slot] = undefined;
  }

  function evict(slot: number, reason: Eviction): void {
    const key = keys[slot] as string;
    remove(slot);
    onEviction(reason, key);
  }

  /** Of one that is not alive. */
  function bury(slot: number, at: number): void {
    evict(slot, at < (expiresAt[slot] as number) ? 'tti' : 'ttl');
  }

  /** The protected that are used least go back on probation. */
  function demote(): void {
    while (segments.isOver(PROVEN)) segments.move(segments.oldest(PROVEN), PROBATION);
  }

  /** Who has to go: the candidate, or who was on probation for longest. */
  function loser(candidate: number): number {
    let victim = segments.oldest(PROBATION);
    if (victim === NONE) victim = segments.oldest(PROVEN);
    if (victim === NONE) victim = segments.oldest(RECENT);
    if (victim === NONE || candidate === NONE || segments.segmentOf(candidate) !== PROBATION) return victim;
    return sketch.estimate(hashes[candidate] as number) > sketch.estimate(hashes[victim] as number)
      ? victim
      : candidate;
  }

  function makeRoom(at: number): void {
    let candidate = NONE;
    while (segments.isOver(RECENT)) {
      candidate = segments.oldest(RECENT);
      segments.move(candidate, PROBATION);
    }
    for (;;) {
      const isHeavy = weight > maxBytes;
      if (!isHeavy && known.size <= maxEntries) return;
      const slot = loser(candidate);
      if (slot === NONE) return;
      if (!isAlive(slot, at)) bury(slot, at);
      else evict(slot, isHeavy ? 'bytes' : 'capacity');
    }
  }

  function dropExpired(): void {
    const at = now();
    for (const slot of known.values()) if (!isAlive(slot, at)) bury(slot, at);
  }

  return {
    get(key) {
      const slot = known.get(key);
      if (slot === undefined) return undefined;
      const at = now();
      if (!isAlive(slot, at)) return void bury(slot, at);
      lastAccess[slot] = at;
      sketch.count(hashes[slot] as number);
      if (segments.segmentOf(slot) !== PROBATION) segments.touch(slot);
      else {
        segments.move(slot, PROVEN);
        demote();
      }
      return values[slot];
    },
    set(key, value, bytes, ttlMs) {
      const old = known.get(key);
      const isNew = old === undefined || segments.segmentOf(old) === RECENT;
      if (old !== undefined) remove(old);
      const life = lifeMs(limits, bytes, ttlMs);
      if (life === undefined) return;
      const at = now();
      const slot = free[slots - 1 - known.size] as number;
      const hash = hashEnd(key);
      known.set(key, slot);
      keys[slot] = key;
      values[slot] = value;
      hashes[slot] = hash;
      expiresAt[slot] = at + life;
      lastAccess[slot] = at;
      weight += bytes;
      sketch.count(hash);
      segments.add(slot, isNew ? RECENT : PROVEN, bytes);
      demote();
      makeRoom(at);
    },
    delete(key) {
      const slot = known.get(key);
      if (slot !== undefined) remove(slot);
    },
    clear() {
      for (const slot of known.values()) remove(slot);
    },
    entries() {
      dropExpired();
      return known.size;
    },
    bytes() {
      dropExpired();
      return weight;
    },
  };
};

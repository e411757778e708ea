import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { systemClock } from '../adapters/system/clock.ts';
import { coarseClock } from '../src/cache/coarse-clock.ts';
import { lruTier } from '../src/cache/lru-tier.ts';
import type { MemoryTier, OpenMemoryTier } from '../src/cache/memory-tier.ts';
import { tinylfuTier } from '../src/cache/tinylfu-tier.ts';
import { type Comparison, compare, timed } from './compare-runs.ts';
import { median } from './statistics.ts';

// `node --expose-gc cache-memory.child.ts lru` measures one policy and sends what it found: two in one process
// would make each other slower, and a bot has one.

const ENTRIES = 1_000;
const CALLS = 1_000;
const LIMITS = { maxEntries: ENTRIES, maxBytes: 64_000_000, ttlMs: 300_000, ttiMs: 120_000 };
/** An answer. */
const PAYLOAD_BYTES = 4_096;
/** As many at once, so that what else is in the heap is little beside them. */
const TIERS = 20;
const HEAP_SAMPLES = 5;
const POLICIES: Readonly<Record<string, OpenMemoryTier>> = { lru: lruTier, tinylfu: tinylfuTier };

/** `heap`: over a Map of the same answers, in percent. Times are of so many `calls`. */
export type MemoryFigures = {
  readonly calls: number;
  readonly get: Comparison;
  readonly set: Comparison;
  readonly heap: number;
};

function open<V>(tier: OpenMemoryTier): {
  readonly tier: MemoryTier<V>;
  readonly counts: Record<string, number>;
} {
  const counts = { hits: 0, misses: 0, capacity: 0, bytes: 0, ttl: 0, tti: 0 };
  const note = (reason: 'capacity' | 'bytes' | 'ttl' | 'tti') => {
    counts[reason] += 1;
  };
  return { tier: tier<V>(LIMITS, note, coarseClock(systemClock)), counts };
}

function keyOf(number: number): string {
  return createHash('sha256').update(String(number)).digest('hex');
}

/** A key as it comes from a request: equal to one that is held, and never the same string. */
function fresh(key: string): string {
  return Buffer.from(key, 'latin1').toString('latin1');
}

function compareGets(policy: OpenMemoryTier): Comparison {
  const keys = Array.from({ length: ENTRIES }, (_, at) => keyOf(at));
  const { tier, counts } = open<object>(policy);
  const bare = new LRUCache<string, object>({ max: ENTRIES });
  for (const key of keys) {
    tier.set(key, {}, PAYLOAD_BYTES);
    bare.set(key, {});
  }
  // In an order that leaves nothing where it was.
  const asked = (at: number) => fresh(keys[(at * 389) % ENTRIES] as string);
  let found = 0;
  const ours = timed(CALLS, asked, (key) => {
    if (tier.get(key) === undefined) counts.misses = (counts.misses ?? 0) + 1;
    else counts.hits = (counts.hits ?? 0) + 1;
  });
  const theirs = timed(CALLS, asked, (key) => {
    if (bare.get(key) !== undefined) found += 1;
  });
  const compared = compare(ours, theirs);
  if (counts.misses !== 0 || found !== counts.hits) throw new Error('Not every get was a hit.');
  return compared;
}

function compareSets(policy: OpenMemoryTier): Comparison {
  const { tier, counts } = open<object>(policy);
  const bare = new LRUCache<string, object>({ max: ENTRIES });
  const keys = Array.from({ length: 20 * ENTRIES }, (_, at) => keyOf(at));
  const cursor = { ours: 0, theirs: 0 };
  const next = (who: 'ours' | 'theirs') => () => ({
    key: fresh(keys[cursor[who]++ % keys.length] as string),
    value: { text: 'An answer.' },
  });
  const ours = timed(CALLS, next('ours'), ({ key, value }) => tier.set(key, value, PAYLOAD_BYTES));
  const theirs = timed(CALLS, next('theirs'), ({ key, value }) => {
    bare.set(key, value);
  });
  const compared = compare(ours, theirs);
  if (counts.capacity !== cursor.ours - ENTRIES) throw new Error('Not every set evicted.');
  return compared;
}

/** In percent. */
function heapOverhead(policy: OpenMemoryTier): number {
  const samples = Array.from({ length: HEAP_SAMPLES }, () => {
    const map = heapOf(() => {
      const held = new Map<string, string>();
      return (key, value) => held.set(key, value);
    });
    const memory = heapOf(() => {
      const { tier } = open<string>(policy);
      return (key, value) => tier.set(key, value, PAYLOAD_BYTES);
    });
    return 100 * (memory / map - 1);
  });
  return median(samples);
}

function heapOf(make: () => (key: string, value: string) => unknown): number {
  const before = heapUsed();
  const filled = Array.from({ length: TIERS }, () => {
    const set = make();
    for (let at = 0; at < ENTRIES; at += 1)
      set(keyOf(at), Buffer.alloc(PAYLOAD_BYTES, at).toString('latin1'));
    return set;
  });
  const bytes = heapUsed() - before;
  // Held until here.
  if (filled.length !== TIERS) throw new Error('Something was lost.');
  return bytes;
}

function heapUsed(): number {
  if (!globalThis.gc) throw new Error('Run it as npm run bench: it needs --expose-gc.');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

const policy = POLICIES[process.argv[2] ?? ''];
if (policy) {
  const figures: MemoryFigures = {
    calls: CALLS,
    get: compareGets(policy),
    set: compareSets(policy),
    heap: heapOverhead(policy),
  };
  process.send?.(figures);
}

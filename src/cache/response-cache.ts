import type { CacheTier, TierHealth } from '../ports/cache-tier.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Counts, TierCounts } from './counters.ts';
import { type CacheEntry, readEntry, sizeOf, writeEntry } from './entry.ts';
import type { MemoryTier } from './memory-tier.ts';

/** As much of a key as the log shows. */
const SHOWN = 16;

export type CachePart = 'memory' | 'sqlite' | 'redis';

type Found = { readonly entry: CacheEntry; readonly tier: 'l1' | 'l2' };

/** Answers under their keys, in two tiers. Nothing here throws. */
export type ResponseCache = {
  /** An answer from memory comes at once; one from the second tier is in memory afterwards. */
  find(key: string): Promise<Found | undefined>;
  /** Nobody waits for it. `ttlMs`: a shorter life than usual. */
  keep(key: string, entry: CacheEntry, ttlMs?: number): void;
  /** All of it, or of one part. What is being written or read meanwhile is gone, too. */
  clear(part?: CachePart): Promise<void>;
  entries(): { readonly l1: number; readonly l1Bytes: number; readonly l2: number | undefined };
  /** Undefined where there is no second tier. */
  l2(): (TierHealth & { readonly backend: 'sqlite' | 'redis' }) | undefined;
  /** Resolves once what was kept until now is written. */
  settled(): Promise<void>;
};

type Needs = {
  readonly l1: MemoryTier<CacheEntry>;
  readonly l2: CacheTier | undefined;
  /** In milliseconds; undefined: no expiry. */
  readonly ttl: { readonly l1: number; readonly l2: number | undefined };
  readonly counts: Counts;
  readonly clock: Clock;
  readonly logger: Logger;
};

export function createResponseCache({ l1, l2, ttl, counts, clock, logger }: Needs): ResponseCache {
  /** What was begun before a clear leaves nothing behind. */
  let generation = 0;
  const writing = new Set<Promise<unknown>>();

  l2?.onHealth(({ state, detail }) => {
    const fields = { backend: l2.backend, state, ...(detail !== '' && { detail }) };
    if (state === 'ready') logger.info(fields, 'the second tier of the cache is ready');
    else logger.warn(fields, 'the second tier of the cache does not work as it should');
  });

  async function fromL2(key: string): Promise<CacheEntry | undefined> {
    if (!l2) return undefined;
    const begun = generation;
    const since = clock.now();
    const answer = await l2.get(key);
    counts.l2.milliseconds += clock.now() - since;
    const entry = answer.kind === 'hit' ? readEntry(answer.value) : undefined;
    if (answer.kind === 'error' || (answer.kind === 'hit' && !entry)) counts.l2.errors += 1;
    const isHit = answer.kind === 'hit' && entry !== undefined && begun === generation;
    count(counts.l2, isHit);
    if (!isHit) return undefined;
    l1.set(key, entry, sizeOf(entry), Math.min(ttl.l1, answer.leftMs ?? ttl.l1));
    return entry;
  }

  function fromL1(key: string): CacheEntry | undefined {
    const entry = l1.get(key);
    count(counts.l1, entry !== undefined);
    return entry;
  }

  async function write(key: string, entry: CacheEntry, ttlMs: number | undefined): Promise<void> {
    if (!l2) return;
    const begun = generation;
    const kept = await l2.set(key, writeEntry(entry), ttlMs);
    if (kept) counts.l2.sets += 1;
    else counts.l2.errors += 1;
    if (begun !== generation) await l2.delete(key);
  }

  function later(task: Promise<unknown>): void {
    const done = task.finally(() => writing.delete(done));
    writing.add(done);
  }

  return {
    async find(key) {
      const shown = key.slice(0, SHOWN);
      const near = fromL1(key);
      const entry = near ?? (await fromL2(key));
      logger.debug(
        { key: shown, ...(entry && { tier: near ? 'l1' : 'l2' }) },
        entry ? 'cache_hit' : 'cache_miss',
      );
      return entry && { entry, tier: near ? 'l1' : 'l2' };
    },

    keep(key, entry, ttlMs) {
      const l2Ms = ttlMs === undefined ? ttl.l2 : Math.min(ttlMs, ttl.l2 ?? ttlMs);
      l1.set(key, entry, sizeOf(entry), ttlMs === undefined ? ttl.l1 : Math.min(ttlMs, ttl.l1));
      counts.l1.sets += 1;
      logger.debug({ key: key.slice(0, SHOWN), ttl: (ttlMs ?? ttl.l1) / 1_000 }, 'cache_set');
      later(write(key, entry, l2Ms));
    },

    async clear(part) {
      generation += 1;
      if (part === undefined || part === 'memory') l1.clear();
      if (l2 && (part === undefined || part === l2.backend)) await l2.clear();
    },

    entries: () => ({ l1: l1.entries(), l1Bytes: l1.bytes(), l2: l2?.entries() }),
    l2: () => l2 && { ...l2.health(), backend: l2.backend },

    async settled() {
      await Promise.all(writing);
    },
  };
}

function count(tier: TierCounts, isHit: boolean): void {
  if (isHit) tier.hits += 1;
  else tier.misses += 1;
}

import type { CacheTier, TierHealth } from '../ports/cache-tier.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { type Counts, countAnswer, type Missed } from './counters.ts';
import { type CacheEntry, readEntry, sizeOf } from './entry.ts';
import type { Fates } from './fates.ts';
import type { MemoryTier } from './memory-tier.ts';
import { tellErrors, tellHealth } from './tell-trouble.ts';
import { createVoids } from './voids.ts';
import { createWriteBehind } from './write-behind.ts';

/** As much of a key as the log shows. */
const SHOWN = 16;

export type CachePart = 'memory' | 'sqlite' | 'redis';

type Found = { readonly entry: CacheEntry; readonly tier: 'l1' | 'l2' };

/** Answers under their keys, in two tiers. Nothing here throws. */
export type ResponseCache = {
  /** An answer from memory comes at once; one from the second tier is in memory afterwards. */
  find(key: string): Promise<Found | undefined>;
  /** Nobody waits for it. `ttlMs`: another life than usual; in memory never a longer one. */
  keep(key: string, entry: CacheEntry, ttlMs?: number): void;
  /** An answer is about to be made. Returns what keeps it, unless its key is dropped or all is cleared meanwhile. */
  reserve(key: string): (entry: CacheEntry, ttlMs?: number, owners?: readonly string[]) => void;
  /** Nobody is given what is under this key now. Resolves to whether it has left the second tier, too. */
  drop(key: string): Promise<boolean>;
  /** What is theirs, and cannot be found any more, leaves the second tier where that can tell. */
  forget(owners: readonly string[]): Promise<void>;
  /**
   * All of it, or of one part. What is being written there or read from there meanwhile is gone, too. False: the
   * second tier was meant and may still have some.
   */
  clear(part?: CachePart): Promise<boolean>;
  entries(): {
    readonly l1: number;
    readonly l1Bytes: number;
    readonly l2: number | undefined;
    readonly l2Bytes: number | undefined;
  };
  /** Why an answer was not found. */
  whyMissed(key: string): Missed;
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
  readonly fates: Fates;
  readonly clock: Clock;
  readonly logger: Logger;
};

export function createResponseCache({ l1, l2, ttl, counts, fates, clock, logger }: Needs): ResponseCache {
  /** Reads of the second tier: what is kept or dropped meanwhile is newer. */
  const reads = createVoids();
  /** Answers that are being made. */
  const answers = createVoids();
  const behind = l2 && createWriteBehind(l2, onWritten);
  let clearing = 0;

  l2?.onEviction((reason, times) => {
    counts.l2.evictions[reason] += times;
  });
  if (l2) tellHealth(l2, logger);
  const tellError = l2 && tellErrors(l2, { clock, logger });

  function fromL1(key: string): CacheEntry | undefined {
    const since = clock.now();
    const entry = l1.get(key);
    countAnswer(counts.l1, entry !== undefined, clock.now() - since);
    return entry;
  }

  async function fromL2(key: string): Promise<CacheEntry | undefined> {
    if (!l2 || !behind) return undefined;
    const pending = behind.pending(key);
    if (pending) return pending.entry;
    if (clearing > 0) return undefined;
    if (behind.isOutdated(key)) return void behind.write(key, { entry: undefined });
    const begun = reads.moment();
    const since = clock.now();
    const answer = await l2.get(key);
    const ms = clock.now() - since;
    // What could not be asked says nothing of how long it takes, or of what is there.
    if (answer.kind === 'error') return failed(key, l2.health().detail || 'no answer');
    const entry = answer.kind === 'hit' ? readEntry(answer.value) : undefined;
    if (answer.kind === 'hit' && !entry) failed(key, 'what it keeps is no answer');
    const isVoid = reads.isVoid(key, begun);
    countAnswer(counts.l2, entry !== undefined && !isVoid, ms);
    if (isVoid) return behind.pending(key)?.entry ?? l1.get(key);
    if (answer.kind === 'miss' || !entry) return undefined;
    l1.set(key, entry, sizeOf(entry), Math.min(ttl.l1, answer.leftMs ?? ttl.l1));
    return entry;
  }

  function failed(key: string, why: string): undefined {
    counts.l2.errors += 1;
    tellError?.(key.slice(0, SHOWN), why);
  }

  function onWritten(key: string, taken: boolean): void {
    if (taken) counts.l2.sets += 1;
    else counts.l2.errors += 1;
    if (!taken) fates.refused(key);
  }

  function keep(
    key: string,
    entry: CacheEntry,
    ttlMs: number | undefined = l2 && ttl.l2,
    owners: readonly string[] = [],
  ): void {
    reads.avoid(key);
    l1.set(key, entry, sizeOf(entry), Math.min(ttl.l1, ttlMs ?? ttl.l1));
    counts.l1.sets += 1;
    fates.kept(key, l2 ? ttlMs : Math.min(ttl.l1, ttlMs ?? ttl.l1));
    logger.debug(
      { key: key.slice(0, SHOWN), ...(ttlMs !== undefined && { ttl: ttlMs / 1_000 }) },
      'cache_set',
    );
    void behind?.write(key, { entry, ttlMs, owners });
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

    keep,

    reserve(key) {
      const begun = answers.moment();
      return (entry, ttlMs, owners) => {
        if (!answers.isVoid(key, begun)) keep(key, entry, ttlMs, owners);
      };
    },

    async drop(key) {
      reads.avoid(key);
      answers.avoid(key);
      l1.delete(key);
      fates.forget(key);
      return (await behind?.write(key, { entry: undefined })) ?? true;
    },

    async forget(owners) {
      // Whose answers are being made is not known here.
      answers.avoidAll();
      behind?.withdraw(owners);
      for (const owner of owners) await l2?.forget(owner);
    },

    async clear(part) {
      fates.forget();
      if (part === undefined || part === 'memory') l1.clear();
      if (part === undefined || part === l2?.backend) answers.avoidAll();
      if (!l2 || !behind || (part !== undefined && part !== l2.backend)) return true;
      reads.avoidAll();
      behind.withdraw();
      clearing += 1;
      const isCleared = await l2.clear();
      clearing -= 1;
      if (isCleared) behind.forget();
      return isCleared;
    },

    entries: () => ({ l1: l1.entries(), l1Bytes: l1.bytes(), l2: l2?.entries(), l2Bytes: l2?.bytes() }),
    whyMissed: (key) => fates.why(key, l2 !== undefined && isAway(l2.health())),
    l2: () => l2 && { ...l2.health(), backend: l2.backend },
    settled: async () => behind?.settled(),
  };
}

function isAway({ state }: TierHealth): boolean {
  return state === 'down' || state === 'connecting';
}

import type { Address } from '../chat/message.ts';
import type { Config } from '../config/schema.ts';
import { toFailure } from '../errors.ts';
import type { CacheTier } from '../ports/cache-tier.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import { coarseClock } from './coarse-clock.ts';
import { type Counts, restoreCounts } from './counters.ts';
import type { CacheEntry } from './entry.ts';
import { createEpochs, type Epochs, EVERYTHING, epochOfChat, epochOfPerson } from './epochs.ts';
import { createFates } from './fates.ts';
import { createKeyOf, createOwnerOf, type KeyOf } from './key.ts';
import { lruTier } from './lru-tier.ts';
import { type CachePart, createResponseCache, type ResponseCache } from './response-cache.ts';
import { secretOf } from './secret.ts';
import { tinylfuTier } from './tinylfu-tier.ts';

const COUNTS = 'cache:counts';
/** Counts of the last moments before a crash are lost. */
const SAVE_EVERY_MS = 10_000;
const SHOWN = 16;

type Needs = {
  readonly settings: Config['response_cache'];
  readonly l2: CacheTier | undefined;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** The cache of a house and what belongs to it. */
export type OpenCache = {
  readonly cache: ResponseCache;
  readonly counts: Counts;
  readonly epochs: Epochs;
  readonly keyOf: KeyOf;
  readonly ownerOf: (name: string) => string;
  /**
   * What a chat was answered is found no more, and what the person was answered anywhere; in a file it is removed.
   * Throws `storage`.
   */
  forget(address: Address, person: string | undefined): Promise<void>;
  /** All of it, or of one part. False: as of a ResponseCache; nothing of it is given again. Throws `storage`. */
  clear(part: CachePart | undefined): Promise<boolean>;
  close(): Promise<void>;
};

/** Throws `storage`. */
export async function openCache({ settings, l2, store, clock, logger }: Needs): Promise<OpenCache> {
  const counts = restoreCounts(await store.get(COUNTS), clock.wall());
  const secret = await secretOf(store);
  const ttl = {
    l1: settings.l1.ttl * 1_000,
    l2: settings.l2.ttl === null ? undefined : settings.l2.ttl * 1_000,
  };
  const limits = {
    maxEntries: settings.l1.max_entries,
    maxBytes: settings.l1.max_bytes,
    ttlMs: ttl.l1,
    ttiMs: settings.l1.tti * 1_000,
  };
  const fates = createFates(l2 !== undefined, clock.now);
  const openTier = settings.l1.policy === 'lru' ? lruTier : tinylfuTier;
  const l1 = openTier<CacheEntry>(
    limits,
    (reason, key) => {
      counts.l1.evictions[reason] += 1;
      fates.evicted(key, reason);
      logger.debug({ key: key.slice(0, SHOWN), reason }, 'cache_eviction');
    },
    coarseClock(clock),
  );
  const cache = createResponseCache({ l1, l2, ttl, counts, fates, clock, logger });

  let saved = JSON.stringify(counts);
  async function save(): Promise<void> {
    const now = JSON.stringify(counts);
    if (now === saved) return;
    await store.set(COUNTS, JSON.parse(now));
    saved = now;
  }

  let cancel = clock.after(SAVE_EVERY_MS, saveAgain);
  function saveAgain(): void {
    save().catch((error: unknown) => logger.debug({ ...toFailure(error) }, 'counts were not kept'));
    cancel = clock.after(SAVE_EVERY_MS, saveAgain);
  }

  const epochs = createEpochs(store);
  const ownerOf = createOwnerOf(secret);
  return {
    cache,
    counts,
    epochs,
    keyOf: createKeyOf(secret),
    ownerOf,
    async forget(address, person) {
      const names = [epochOfChat(address), ...(person === undefined ? [] : [epochOfPerson(address, person)])];
      for (const name of names) await epochs.raise(name);
      await cache.forget(names.map(ownerOf));
    },
    async clear(part) {
      if (part === undefined) await epochs.raise(EVERYTHING);
      return cache.clear(part);
    },
    async close() {
      cancel();
      await cache.settled();
      await save();
    },
  };
}

import type { DatabaseSync } from 'node:sqlite';
import type { Keyv } from 'keyv';
import type { Kept } from '../../src/cache/kept-value.ts';
import { watchedHealth } from '../../src/cache/tier-health.ts';
import type { OstlerError } from '../../src/errors.ts';
import type { CacheTier, TierAnswer } from '../../src/ports/cache-tier.ts';
import { openCacheFile, putAside } from './cache-file.ts';
import { keyvOver } from './cache-keyv.ts';
import { type CacheRows, cacheRows } from './cache-rows.ts';
import { begunAnew, isUnreadable, troubleOf } from './cache-trouble.ts';
import { storageError } from './trouble.ts';

/** Until a full disk or a file that cannot be opened is tried again. */
const retryMs = 5_000;
/** So many writes, and what has expired is removed. */
const WRITES_PER_PRUNE = 64;

export type SqliteCacheOptions = {
  /** Most bytes that entries take in the file; the oldest go first. */
  readonly maxBytes: number;
  /** Told what no change of health tells: a damaged file was begun anew. */
  readonly onError?: (error: OstlerError) => void;
  readonly retryMs?: number;
  readonly open?: (path: string) => DatabaseSync;
};

type OpenFile = { readonly db: DatabaseSync; readonly rows: CacheRows; readonly keyv: Keyv<string> };

/** The second tier on a file of its own, through Keyv. A file that is damaged is put aside and begun anew. */
export function sqliteCacheTier(path: string, options: SqliteCacheOptions): CacheTier {
  const { maxBytes, onError = () => undefined, open = openCacheFile } = options;
  const pauseMs = options.retryMs ?? retryMs;
  const health = watchedHealth({ state: 'ready', detail: '' });
  let file: OpenFile | undefined;
  let entries: number | undefined;
  /** Where trouble is tried again: on the clock of `performance`. */
  let retryAt = 0;
  let writes = 0;
  let pruning = false;
  let closed = false;

  function openFile(): OpenFile {
    const db = open(path);
    try {
      const rows = cacheRows(db, maxBytes);
      entries = rows.entries();
      return { db, rows, keyv: keyvOver(rows) };
    } catch (error) {
      db.close();
      throw error;
    }
  }

  function openOrBeginAnew(): void {
    try {
      file = openFile();
      health.set({ state: 'ready', detail: '' });
    } catch (error) {
      if (isUnreadable(error)) beginAnew(error);
      else down(error);
    }
  }

  function beginAnew(cause: unknown): void {
    try {
      leave();
      const told = begunAnew(path, putAside(path), cause);
      file = openFile();
      health.set({ state: 'ready', detail: told.message });
      onError(told);
    } catch (error) {
      down(error);
    }
  }

  function leave(): void {
    file?.db.close();
    file = undefined;
    entries = undefined;
  }

  function down(error: unknown): void {
    leave();
    retryAt = performance.now() + pauseMs;
    health.set({ state: 'down', detail: storageError(error, path).message });
  }

  function failed(error: unknown): void {
    const trouble = troubleOf(error);
    if (trouble === 'damaged') beginAnew(error);
    if (trouble === 'other') down(error);
    if (trouble !== 'full') return;
    retryAt = performance.now() + pauseMs;
    health.set({ state: 'full', detail: storageError(error, path).message });
  }

  async function attempt<T>(work: (file: OpenFile) => Promise<T>, otherwise: T): Promise<T> {
    if (closed) return otherwise;
    if (!file && performance.now() >= retryAt) openOrBeginAnew();
    const opened = file;
    if (!opened) return otherwise;
    try {
      return await work(opened);
    } catch (error) {
      // Somebody else may have left this file meanwhile.
      if (file === opened) failed(error);
      return otherwise;
    }
  }

  /** What changes the file. A full disk is tried now and then: by a write that is asked for anyway. */
  async function change(work: (file: OpenFile) => Promise<unknown>): Promise<boolean> {
    if (health.get().state === 'full' && performance.now() < retryAt) return false;
    return attempt(async (opened) => {
      await work(opened);
      if (file !== opened) return true;
      if (health.get().state === 'full') health.set({ state: 'ready', detail: '' });
      entries = opened.rows.entries();
      return true;
    }, false);
  }

  /** In steps, so that others have their turn between two of them. */
  function prune(): void {
    if (pruning) return;
    pruning = true;
    setImmediate(() => {
      pruning = false;
      if (!file) return;
      try {
        if (file.rows.prune(Date.now())) prune();
        entries = file.rows.entries();
      } catch (error) {
        failed(error);
      }
    });
  }

  async function answerOf({ keyv }: OpenFile, key: string): Promise<TierAnswer> {
    const kept: Kept<string> | undefined = await keyv.get(key, { raw: true });
    if (!kept) return { kind: 'miss' };
    const { value, expires } = kept;
    if (value === undefined) return { kind: 'error' };
    if (expires === undefined) return { kind: 'hit', value, leftMs: undefined };
    const leftMs = expires - Date.now();
    return leftMs > 0 ? { kind: 'hit', value, leftMs } : { kind: 'miss' };
  }

  openOrBeginAnew();
  return {
    backend: 'sqlite',
    get: (key) => attempt((opened) => answerOf(opened, key), { kind: 'error' }),
    async set(key, value, ttlMs) {
      if (Buffer.byteLength(value) > maxBytes) return false;
      // Keyv takes 0 for no expiry at all.
      const ttl = ttlMs === undefined ? undefined : Math.max(1, Math.ceil(ttlMs));
      return change(async ({ keyv, rows }) => {
        await keyv.set(key, value, ttl);
        writes += 1;
        if (writes % WRITES_PER_PRUNE === 0 || rows.size() > maxBytes) prune();
      });
    },
    delete: (key) => change(({ keyv }) => keyv.delete(key)),
    async clear() {
      const cleared = await change(({ keyv }) => keyv.clear());
      if (cleared) prune();
      return cleared;
    },
    entries: () => entries,
    health: health.get,
    onHealth: health.onChange,
    async close() {
      if (closed) return;
      closed = true;
      leave();
    },
  };
}

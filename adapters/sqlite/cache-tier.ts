import { answerOf, lifeOf } from '../../src/cache/kept-value.ts';
import { toldEvictions } from '../../src/cache/tier-evictions.ts';
import { watchedHealth } from '../../src/cache/tier-health.ts';
import type { OstlerError } from '../../src/errors.ts';
import type { CacheTier } from '../../src/ports/cache-tier.ts';
import { putAside } from './cache-file.ts';
import { keyOwnedBy } from './cache-keyv.ts';
import { type OpenFile, type OpenFileOptions, openWhole } from './cache-open.ts';
import type { CacheRows, Pruned } from './cache-rows.ts';
import { begunAnew, isUnreadable, troubleOf } from './cache-trouble.ts';
import { storageError } from './trouble.ts';

/** Until a full disk or a file that cannot be opened is tried again. */
const retryMs = 5_000;
/** So many writes, and what has expired is removed. */
const WRITES_PER_PRUNE = 64;
const READY = { state: 'ready', detail: '' } as const;

export type SqliteCacheOptions = OpenFileOptions & {
  /** Told what no change of health tells: a damaged file was begun anew. */
  readonly onError?: (error: OstlerError) => void;
  readonly retryMs?: number;
};

/** The second tier on a file of its own, through Keyv. A file that is damaged is put aside and begun anew. */
export function sqliteCacheTier(path: string, options: SqliteCacheOptions): CacheTier {
  const { maxBytes, onError = () => undefined } = options;
  const pauseMs = options.retryMs ?? retryMs;
  const health = watchedHealth(READY);
  const evictions = toldEvictions();
  let file: OpenFile | undefined;
  let size: { readonly entries: number; readonly bytes: number } | undefined;
  /** Where trouble is tried again: on the clock of `performance`. */
  let retryAt = 0;
  let writes = 0;
  let pruning = false;
  let closed = false;

  function openFile(): OpenFile {
    const opened = openWhole(path, options);
    measure(opened.rows);
    return opened;
  }

  function measure(rows: CacheRows): void {
    size = { entries: rows.entries(), bytes: rows.size() };
  }

  function openOrBeginAnew(): void {
    try {
      file = openFile();
      health.set(READY);
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
    file?.checkpoints.abandon();
    file?.db.close();
    file = undefined;
    size = undefined;
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
    try {
      return opened ? await work(opened) : otherwise;
    } catch (error) {
      // Somebody else may have left this file meanwhile.
      if (file === opened) failed(error);
      return otherwise;
    }
  }

  /** What changes the file, by so many bytes. */
  const change = (bytes: number, work: (file: OpenFile) => Promise<unknown>) =>
    attempt(async (opened) => {
      await work(opened);
      if (file !== opened) return true;
      opened.checkpoints.wrote(bytes);
      measure(opened.rows);
      return true;
    }, false);

  function notFull(): void {
    if (health.get().state === 'full') health.set(READY);
  }

  /** In steps, so that others have their turn between two of them. */
  function prune(): void {
    if (pruning) return;
    pruning = true;
    setImmediate(() => {
      pruning = false;
      if (!file) return;
      try {
        pruned(file, file.rows.prune(Date.now()));
      } catch (error) {
        failed(error);
      }
    });
  }

  function pruned({ rows, checkpoints }: OpenFile, step: Pruned | undefined): void {
    measure(rows);
    if (!step) return;
    checkpoints.wrote(0);
    evictions.tell('bytes', step.bytes);
    evictions.tell('ttl', step.ttl);
    prune();
  }

  openOrBeginAnew();
  return {
    backend: 'sqlite',
    get: (key) =>
      attempt(async ({ keyv }) => answerOf(await keyv.get(key, { raw: true }), Date.now()), {
        kind: 'error',
      }),
    async set(key, value, ttlMs, owners = []) {
      const bytes = Buffer.byteLength(value);
      if (bytes > maxBytes) return false;
      // A full disk is tried now and then: by a write that is asked for anyway.
      if (health.get().state === 'full' && performance.now() < retryAt) return false;
      await file?.checkpoints.room();
      const named = keyOwnedBy(key, owners);
      const kept = await change(bytes, ({ keyv }) => keyv.set(named, value, lifeOf(ttlMs)));
      if (!kept) return false;
      notFull();
      writes += 1;
      if (writes % WRITES_PER_PRUNE === 0 || (size?.bytes ?? 0) > maxBytes) prune();
      return true;
    },
    delete: (key) => change(0, ({ keyv }) => keyv.delete(key)),
    async forget(owner) {
      let hasMore = true;
      const step = async ({ rows }: OpenFile) => {
        hasMore = rows.forget(owner);
      };
      // In steps, so that others have their turn between two of them.
      while (hasMore && (await change(0, step))) await new Promise(setImmediate);
      return !hasMore;
    },
    async clear() {
      const cleared = await change(0, ({ keyv }) => keyv.clear());
      if (cleared) notFull();
      if (cleared) prune();
      return cleared;
    },
    entries: () => size?.entries,
    bytes: () => size?.bytes,
    onEviction: evictions.onEviction,
    health: health.get,
    onHealth: health.onChange,
    async close() {
      if (closed) return;
      closed = true;
      await file?.checkpoints.end();
      leave();
    },
  };
}

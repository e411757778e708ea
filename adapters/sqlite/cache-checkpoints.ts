import { once } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** In pages of the log: from here on it is worth a checkpoint. */
const checkpointPages = 2_000;
/** So many times as much, and whoever writes waits until the log can begin anew. */
const MOST_TIMES = 4;
/** Where checkpoints have to be made by whoever writes: small ones, which the loop hardly feels. */
const PAGES_ON_THE_LOOP = 256;
/** Every write changes about so many pages, besides those that its bytes fill. */
const PAGES_PER_WRITE = 5;
const PAGE_BYTES = 4_096;
const ROOM_WITHIN_MS = 1_000;
const END_WITHIN_MS = 2_000;
const THREAD = new URL('./cache-checkpoint.worker.ts', import.meta.url);

/** What is asked of the thread, and what it answers to a checkpoint. */
export type CheckpointWanted = 'checkpoint' | 'end';
/** `isWhole`: the file has all that was in the log then. */
export type CheckpointDone = { readonly isWhole: boolean };

export type Checkpoints = {
  /** So many bytes were written. */
  wrote(bytes: number): void;
  /** Waits while the log is too long: without a write it begins anew. */
  room(): Promise<void>;
  /** In order: nothing is left in the log. */
  end(): Promise<void>;
  /** At once. */
  abandon(): void;
};

export type CheckpointOptions = { readonly pages?: number; readonly thread?: URL };

/**
 * Keeps the log of a file short without a wait for the disk on the event loop: a thread of its own, begun where the
 * log first grows, makes the checkpoints. Where it dies, SQLite makes them with the writes, as it does by default.
 */
export function checkpointsOf(path: string, db: DatabaseSync, options: CheckpointOptions = {}): Checkpoints {
  const { pages = checkpointPages, thread = THREAD } = options;
  let worker: Worker | undefined;
  let isOver = false;
  let running: PromiseWithResolvers<void> | undefined;
  /** Pages in the log, about; those that came since the last checkpoint began. */
  let length = 0;
  let fresh = 0;

  db.exec('PRAGMA wal_autocheckpoint = 0');

  function begin(): Worker {
    const begun = new Worker(thread, { workerData: path });
    begun.unref();
    begun.on('message', ({ isWhole }: CheckpointDone) => {
      if (isWhole && fresh === 0) length = 0;
      settle();
    });
    begun.once('error', withoutIt);
    begun.once('exit', withoutIt);
    return begun;
  }

  function settle(): void {
    running?.resolve();
    running = undefined;
  }

  function withoutIt(): void {
    settle();
    if (isOver) return;
    isOver = true;
    worker = undefined;
    // The file may be closed by now.
    if (db.isOpen) db.exec(`PRAGMA wal_autocheckpoint = ${PAGES_ON_THE_LOOP}`);
  }

  return {
    wrote(bytes) {
      const more = PAGES_PER_WRITE + Math.ceil(bytes / PAGE_BYTES);
      length += more;
      fresh += more;
      if (isOver || running || fresh < pages) return;
      running = Promise.withResolvers();
      fresh = 0;
      worker ??= begin();
      worker.postMessage('checkpoint' satisfies CheckpointWanted);
    },
    async room() {
      if (length > pages * MOST_TIMES && running) await within(ROOM_WITHIN_MS, running.promise);
    },
    async end() {
      isOver = true;
      settle();
      if (!worker) return;
      const left = once(worker, 'exit');
      worker.postMessage('end' satisfies CheckpointWanted);
      // It may have died, or the disk may be slow: what is left in the log is copied by whoever closes last.
      await within(END_WITHIN_MS, left);
      await worker.terminate();
    },
    abandon() {
      isOver = true;
      settle();
      void worker?.terminate();
    },
  };
}

/** Waits at most so long, and fails with nobody. */
async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  const late = pause(ms, undefined, { signal: enough.signal }).catch(() => undefined);
  await Promise.race([promise.catch(() => undefined), late]);
  enough.abort();
}

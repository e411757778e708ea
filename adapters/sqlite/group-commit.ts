import type { DatabaseSync } from 'node:sqlite';
import { isStorageTrouble, storageError } from './trouble.ts';

/** How many writes share one transaction: it keeps the loop free between two commits. */
const maxGroup = 64;

type Write = { readonly work: () => unknown; resolve(value: unknown): void; reject(error: unknown): void };

/**
 * Commits what was asked for within one turn of the loop as one transaction, so that many writes cost one
 * fsync. A write that throws is undone alone; the others of its group are not touched.
 */
export function groupCommit(db: DatabaseSync, path: string) {
  let waiting: Write[] = [];
  let scheduled = false;
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const mark = db.prepare('SAVEPOINT one');
  const release = db.prepare('RELEASE one');
  const undo = db.prepare('ROLLBACK TO one');

  function runOne({ work, resolve, reject }: Write): () => void {
    mark.run();
    try {
      const value = work();
      release.run();
      return () => resolve(value);
    } catch (error) {
      // Some errors (a full disk) end the whole transaction: then nobody's write has happened.
      if (!db.isTransaction) throw error;
      undo.run();
      release.run();
      return () => reject(isStorageTrouble(error) ? storageError(error, path) : error);
    }
  }

  function runGroup(): void {
    scheduled = false;
    if (waiting.length === 0) return;
    const group = waiting.slice(0, maxGroup);
    waiting = waiting.slice(maxGroup);
    if (waiting.length > 0) schedule();
    try {
      begin.run();
      const settle = group.map(runOne);
      commit.run();
      for (const call of settle) call();
    } catch (error) {
      if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
      for (const write of group) write.reject(storageError(error, path));
    }
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(runGroup);
  }

  return {
    /** `work` uses this connection, does not wait, and changes nothing in memory. Resolves after the commit. */
    write<T>(work: () => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (!db.isOpen) {
          reject(storageError(new Error('the file was closed'), path));
          return;
        }
        waiting.push({ work, resolve: (value) => resolve(value as T), reject });
        schedule();
      });
    },
    flush(): void {
      while (waiting.length > 0) runGroup();
    },
  };
}

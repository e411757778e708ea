import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { groupCommit } from './group-commit.ts';
import { migrate } from './schema.ts';
import { storageError } from './trouble.ts';

/** A lock of another program is waited for, but never long enough to be felt. */
const busyTimeoutMs = 250;

/** One file, two connections of one process that differ in what a commit survives. */
export type Database = {
  readonly path: string;
  /** `synchronous=FULL`: a commit survives a power cut. Written through `write` only. */
  readonly durable: DatabaseSync;
  /** `synchronous=NORMAL`: a commit survives a killed process and costs no fsync. Reads go here too. */
  readonly quick: DatabaseSync;
  /** Runs `work` on `durable` within a transaction that it may share; resolves after the commit. */
  write<T>(work: () => T): Promise<T>;
  /** Runs a statement at once; what SQLite throws becomes an OstlerError. */
  run<T>(work: () => T): T;
  /** Commits what is waiting and closes. Safe to call twice. */
  close(): void;
};

/** Opens or makes the file, mode 600, with this version's tables. Errors are OstlerError 'storage'. */
export function openDatabase(path: string): Database {
  const opened: DatabaseSync[] = [];
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    const durable = connect(path, 'FULL', opened);
    migrate(durable, path);
    const quick = connect(path, 'NORMAL', opened);
    const group = groupCommit(durable, path);
    return {
      path,
      durable,
      quick,
      write: group.write,
      run: (work) => attempt(work, path),
      close() {
        if (!durable.isOpen) return;
        group.flush();
        quick.close();
        durable.close();
      },
    };
  } catch (error) {
    for (const db of opened) db.close();
    throw storageError(error, path);
  }
}

function connect(path: string, synchronous: 'FULL' | 'NORMAL', opened: DatabaseSync[]): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: busyTimeoutMs });
  opened.push(db);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
  return db;
}

function attempt<T>(work: () => T, path: string): T {
  try {
    return work();
  } catch (error) {
    throw storageError(error, path);
  }
}

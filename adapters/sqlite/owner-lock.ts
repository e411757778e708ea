import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OstlerError } from '../../src/errors.ts';
import { isBusy, storageError } from './trouble.ts';

export type Ownership = { release(): void };

/**
 * Makes this process the one that uses the folder, until `release` or its death. The lock is the operating
 * system's on an open file: it cannot outlive the process, and nobody can take it from a living one.
 */
export function takeOwnership(folder: string): Ownership {
  const path = join(folder, 'ostler.lock');
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Only where it is missing: closing any descriptor of a locked file would drop the process's own lock.
    makeFile(path);
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    if (!isBusy(error)) throw storageError(error, path);
    throw new OstlerError(`Another Ostler runs on ${folder}.`, {
      code: 'already_running',
      hint: 'Stop that one first, or give this one a data folder of its own.',
      cause: error,
    });
  }
  const held = db;
  const release = () => {
    process.off('exit', release);
    if (held.isOpen) held.close();
  };
  // A database that nothing refers to is closed by the garbage collector, which would drop the lock.
  process.once('exit', release);
  return { release };
}

function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    chmodSync(path, 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A lock of another program is hardly waited for: there is nothing in a cache that is worth it. In milliseconds. */
const BUSY_TIMEOUT_MS = 5;
/** Raised with every change of the tables. What another version has kept is not kept for this one. */
const VERSION = 2;
/** A file, what SQLite keeps beside it, and its index of that. */
const SUFFIXES = ['', '-wal', '-shm'];

const TABLES = `
  DROP TABLE IF EXISTS entries;
  DROP TABLE IF EXISTS totals;
  CREATE TABLE entries (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    bytes INTEGER NOT NULL,
    expires_at INTEGER,
    person TEXT,
    chat TEXT,
    kept TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entries_by_person ON entries (person) WHERE person IS NOT NULL;
  CREATE INDEX entries_by_chat ON entries (chat) WHERE chat IS NOT NULL;
  CREATE INDEX entries_by_expiry ON entries (expires_at) WHERE expires_at IS NOT NULL;
  -- One row. Entries up to cleared_n are gone for everybody, not counted, and wait to be removed.
  CREATE TABLE totals (entries INTEGER NOT NULL, cleared_n INTEGER NOT NULL) STRICT;
  INSERT INTO totals VALUES (0, 0);
  PRAGMA user_version = ${VERSION};
`;

/** Opens or makes the file, mode 600. A commit survives a killed process. Throws what SQLite or the system throws. */
export function openCacheFile(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    if (Number(db.prepare('PRAGMA user_version').get()?.user_version) !== VERSION) {
      db.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT`);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Moves a damaged file out of the way, in the place of one that was put there before. Returns where it is now. */
export function putAside(path: string): string {
  const aside = `${path}.damaged`;
  for (const suffix of SUFFIXES) {
    rmSync(aside + suffix, { force: true });
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

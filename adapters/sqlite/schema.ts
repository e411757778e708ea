import type { DatabaseSync } from 'node:sqlite';
import { OstlerError } from '../../src/errors.ts';

/** Step n brings a file from version n to n + 1. Steps that were released are never changed. */
const steps: readonly string[] = [
  `
  CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    starts INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE ended_jobs (id TEXT PRIMARY KEY, ended_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX ended_jobs_by_age ON ended_jobs (ended_at);
  CREATE TABLE damaged_jobs (seq INTEGER PRIMARY KEY, id, starts, body, found_at INTEGER NOT NULL);

  CREATE TABLE store (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at INTEGER) STRICT;
  CREATE INDEX store_by_expiry ON store (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE log (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (stream, id)
  ) STRICT;
  CREATE INDEX log_by_stream ON log (stream, n);
  CREATE TABLE log_streams (
    stream TEXT PRIMARY KEY,
    entries INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX log_streams_by_expiry ON log_streams (expires_at);
  `,
];

/** Brings the file to this version's tables, all or nothing. A file of a newer Ostler is refused unchanged. */
export function migrate(db: DatabaseSync, path: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (version > steps.length) {
    throw new OstlerError(`The data file ${path} was written by a newer Ostler.`, {
      code: 'storage',
      hint: `Start the newer Ostler again, or move the file away. It has version ${version}, this Ostler knows ${steps.length}.`,
    });
  }
  if (version === steps.length) return;
  db.exec('BEGIN IMMEDIATE');
  for (const step of steps.slice(version)) db.exec(step);
  db.exec(`PRAGMA user_version = ${steps.length}; COMMIT`);
}

import type { DatabaseSync } from 'node:sqlite';
import type { Keyv } from 'keyv';
import { type CheckpointOptions, type Checkpoints, checkpointsOf } from './cache-checkpoints.ts';
import { openCacheFile } from './cache-file.ts';
import { keyvOver } from './cache-keyv.ts';
import { type CacheRows, cacheRows } from './cache-rows.ts';

export type OpenFile = {
  readonly db: DatabaseSync;
  readonly rows: CacheRows;
  readonly keyv: Keyv<string>;
  readonly checkpoints: Checkpoints;
};

export type OpenFileOptions = {
  /** Most bytes that entries take in the file; the oldest go first. */
  readonly maxBytes: number;
  readonly open?: (path: string) => DatabaseSync;
  readonly checkpoints?: CheckpointOptions;
};

/** The file, and what works on it. Throws what SQLite or the system throws. */
export function openWhole(
  path: string,
  { maxBytes, open = openCacheFile, checkpoints }: OpenFileOptions,
): OpenFile {
  const db = open(path);
  try {
    const rows = cacheRows(db, maxBytes);
    return { db, rows, keyv: keyvOver(rows), checkpoints: checkpointsOf(path, db, checkpoints) };
  } catch (error) {
    db.close();
    throw error;
  }
}

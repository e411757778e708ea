import { join } from 'node:path';
import type { OstlerError } from '../../src/errors.ts';
import type { Storage } from '../../src/ports/storage.ts';
import { sqliteLog } from './log.ts';
import { openDatabase } from './open-database.ts';
import { sqliteQueue } from './queue.ts';
import { sqliteStore } from './store.ts';

/** A file in a folder that this process owns: see owner-lock.ts. Throws `storage`. */
export function openSqliteStorage(
  folder: string,
  onError: (error: OstlerError) => void,
): Omit<Storage, 'rates'> {
  const database = openDatabase(join(folder, 'ostler.db'));
  return {
    openQueue: sqliteQueue(database, { onError }),
    store: sqliteStore(database),
    log: sqliteLog(database),
    isOwner: () => true,
    close: async () => database.close(),
  };
}

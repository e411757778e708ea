import type { Store } from '../../src/ports/store.ts';
import type { Database } from './open-database.ts';

/** Expired rows are invisible at once; every so many writes some of them are removed. */
const writesPerPrune = 256;
const rowsPerPrune = 500;

/** Store on a file. `wall` (milliseconds since 1970) decides what has expired. */
export function sqliteStore(db: Database, wall: () => number = Date.now): Store {
  const visible =
    'SELECT value, expires_at FROM store WHERE key = ? AND (expires_at IS NULL OR expires_at > ?)';
  const read = db.quick.prepare(visible);
  const readForUpdate = db.durable.prepare(visible);
  const put = db.durable.prepare('INSERT OR REPLACE INTO store (key, value, expires_at) VALUES (?, ?, ?)');
  const remove = db.durable.prepare('DELETE FROM store WHERE key = ?');
  const prune = db.durable.prepare(
    `DELETE FROM store WHERE rowid IN (SELECT rowid FROM store WHERE expires_at <= ? LIMIT ${rowsPerPrune})`,
  );
  let writes = 0;

  function replace(key: string, value: unknown, expiresAt: number | null): void {
    if (value === undefined) remove.run(key);
    else put.run(key, JSON.stringify(value), expiresAt);
    writes += 1;
    if (writes % writesPerPrune === 0) prune.run(wall());
  }

  return {
    async get(key) {
      return db.run(() => {
        const row = read.get(key, wall());
        return row && JSON.parse(String(row.value));
      });
    },
    set: (key, value, ttlMs) =>
      db.write(() => replace(key, value, ttlMs === undefined ? null : wall() + ttlMs)),
    delete: (key) => db.write(() => replace(key, undefined, null)),
    update: (key, change) =>
      db.write(() => {
        const row = readForUpdate.get(key, wall());
        const value = change(row && JSON.parse(String(row.value)));
        replace(key, value, row?.expires_at == null ? null : Number(row.expires_at));
        return value;
      }),
  };
}

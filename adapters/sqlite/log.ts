import type { Log, LogEntry } from '../../src/ports/log.ts';
import type { Database } from './open-database.ts';

/** Wide enough for every number that JavaScript counts exactly, so that cursors sort as strings. */
const cursorDigits = 16;

type Row = Readonly<Record<string, unknown>>;

/** Expired streams are invisible at once; every append removes some of them. */
const streamsPerPrune = 4;

/** Log on a file. `wall` (milliseconds since 1970) decides what has expired. */
export function sqliteLog(db: Database, wall: () => number = Date.now): Log {
  const living = 'EXISTS (SELECT 1 FROM log_streams s WHERE s.stream = log.stream AND s.expires_at > ?)';
  const byId = `SELECT n, id, value FROM log WHERE stream = ? AND id = ? AND ${living}`;
  const find = db.quick.prepare(byId);
  const findForAppend = db.durable.prepare(byId);
  const insert = db.durable.prepare(
    'INSERT INTO log (stream, id, value) VALUES (?, ?, ?) RETURNING n, id, value',
  );
  const count = db.durable.prepare(
    `INSERT INTO log_streams (stream, entries, expires_at) VALUES (?, 1, ?)
     ON CONFLICT (stream) DO UPDATE SET entries = entries + 1, expires_at = excluded.expires_at
     RETURNING entries`,
  );
  const trim = db.durable.prepare(
    'DELETE FROM log WHERE n IN (SELECT n FROM log WHERE stream = ? ORDER BY n LIMIT ?)',
  );
  const setCount = db.durable.prepare('UPDATE log_streams SET entries = ? WHERE stream = ?');
  const range = db.quick.prepare(
    `SELECT n, id, value FROM log WHERE stream = ? AND n > ? AND ${living} ORDER BY n DESC LIMIT ?`,
  );
  const expired = db.durable.prepare(
    `SELECT stream FROM log_streams WHERE expires_at <= ? ORDER BY expires_at LIMIT ${streamsPerPrune}`,
  );
  const isExpired = db.durable.prepare('SELECT 1 FROM log_streams WHERE stream = ? AND expires_at <= ?');
  const clear = db.durable.prepare('DELETE FROM log WHERE stream = ?');
  const forget = db.durable.prepare('DELETE FROM log_streams WHERE stream = ?');

  function remove(stream: string): void {
    clear.run(stream);
    forget.run(stream);
  }

  return {
    append: (stream, id, value, keep) =>
      db.write(() => {
        const now = wall();
        if (isExpired.get(stream, now)) remove(stream);
        for (const row of expired.all(now)) remove(String(row.stream));
        const existing = findForAppend.get(stream, id, now);
        if (existing) return { entry: toEntry(existing), added: false };
        const entry = toEntry(insert.get(stream, id, JSON.stringify(value)) as Row);
        const entries = Number(count.get(stream, now + keep.ttlMs)?.entries);
        if (entries > keep.entries) {
          trim.run(stream, entries - keep.entries);
          setCount.run(keep.entries, stream);
        }
        return { entry, added: true };
      }),
    async find(stream, id) {
      return db.run(() => {
        const row = find.get(stream, id, wall());
        return row && toEntry(row);
      });
    },
    async range(stream, { after, limit }) {
      const from = after === undefined ? 0 : Number(after);
      return db.run(() => range.all(stream, from, wall(), limit).map(toEntry).reverse());
    },
    clear: (stream) => db.write(() => remove(stream)),
  };
}

function toEntry(row: Row): LogEntry {
  return {
    cursor: String(row.n).padStart(cursorDigits, '0'),
    id: String(row.id),
    value: JSON.parse(String(row.value)),
  };
}

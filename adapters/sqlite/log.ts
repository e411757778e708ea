import type { Log, LogEntry } from '../../src/ports/log.ts';
import type { Database } from './open-database.ts';

/** Wide enough for every number that JavaScript counts exactly, so that cursors sort as strings. */
const cursorDigits = 16;

type Row = Readonly<Record<string, unknown>>;

export function sqliteLog(db: Database): Log {
  const byId = 'SELECT n, id, value FROM log WHERE stream = ? AND id = ?';
  const find = db.quick.prepare(byId);
  const findForAppend = db.durable.prepare(byId);
  const insert = db.durable.prepare(
    'INSERT INTO log (stream, id, value) VALUES (?, ?, ?) RETURNING n, id, value',
  );
  const count = db.durable.prepare(
    `INSERT INTO log_streams (stream, entries) VALUES (?, 1)
     ON CONFLICT (stream) DO UPDATE SET entries = entries + 1 RETURNING entries`,
  );
  const trim = db.durable.prepare(
    'DELETE FROM log WHERE n IN (SELECT n FROM log WHERE stream = ? ORDER BY n LIMIT ?)',
  );
  const setCount = db.durable.prepare('UPDATE log_streams SET entries = ? WHERE stream = ?');
  const range = db.quick.prepare(
    'SELECT n, id, value FROM log WHERE stream = ? AND n > ? ORDER BY n DESC LIMIT ?',
  );
  const clear = db.durable.prepare('DELETE FROM log WHERE stream = ?');
  const forget = db.durable.prepare('DELETE FROM log_streams WHERE stream = ?');

  return {
    append: (stream, id, value, keep) =>
      db.write(() => {
        const existing = findForAppend.get(stream, id);
        if (existing) return { entry: toEntry(existing), added: false };
        const entry = toEntry(insert.get(stream, id, JSON.stringify(value)) as Row);
        const entries = Number(count.get(stream)?.entries);
        if (entries > keep) {
          trim.run(stream, entries - keep);
          setCount.run(keep, stream);
        }
        return { entry, added: true };
      }),
    async find(stream, id) {
      return db.run(() => {
        const row = find.get(stream, id);
        return row && toEntry(row);
      });
    },
    async range(stream, { after, limit }) {
      const from = after === undefined ? 0 : Number(after);
      return db.run(() => range.all(stream, from, limit).map(toEntry).reverse());
    },
    clear: (stream) =>
      db.write(() => {
        clear.run(stream);
        forget.run(stream);
      }),
  };
}

function toEntry(row: Row): LogEntry {
  return {
    cursor: String(row.n).padStart(cursorDigits, '0'),
    id: String(row.id),
    value: JSON.parse(String(row.value)),
  };
}

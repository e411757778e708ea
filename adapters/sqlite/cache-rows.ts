import type { DatabaseSync } from 'node:sqlite';

/** So many entries, or bytes, are removed in one step: it takes a few milliseconds at most. */
const ENTRIES_PER_STEP = 64;
const BYTES_PER_STEP = 2_000_000;

type Row = { readonly n: number; readonly bytes: number };

/** What one step removed: how much of it could still have been found, and why it had to go. */
export type Pruned = { readonly bytes: number; readonly ttl: number };

export type CacheRows = {
  /** What has expired is not found, and waits to be removed. `now`: milliseconds since 1970. */
  read(key: string, now: number): string | undefined;
  /** Replaces what was there. `expiresAt`: milliseconds since 1970; null: never. `owners`: two at most. */
  write(key: string, kept: string, expiresAt: number | null, owners?: readonly string[]): void;
  /** One step: removes some of what is somebody's. False: there was none. */
  forget(owner: string): boolean;
  /** False where there was nothing. */
  remove(key: string): boolean;
  /** Nothing that was written so far is found any more. It is removed in steps. */
  clear(): void;
  /** One step: removes some of what was cleared, is the oldest of too much, or has expired; undefined: there was none. */
  prune(now: number): Pruned | undefined;
  /** Expired ones are counted until they are removed. */
  entries(): number;
  /** What the entries take in the file. In bytes. */
  size(): number;
};

/** The entries in an open file. It may grow by one entry beyond `maxBytes` between two steps of pruning. */
export function cacheRows(db: DatabaseSync, maxBytes: number): CacheRows {
  const read = db.prepare(
    `SELECT kept FROM entries
     WHERE key = ? AND n > (SELECT cleared_n FROM totals) AND (expires_at IS NULL OR expires_at > ?)`,
  );
  const find = db.prepare('SELECT n, bytes FROM entries WHERE key = ?');
  const insert = db.prepare(
    'INSERT INTO entries (key, bytes, expires_at, person, chat, kept) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM entries WHERE n = ?');
  const oldest = db.prepare(`SELECT n, bytes FROM entries ORDER BY n LIMIT ${ENTRIES_PER_STEP}`);
  const owned = db.prepare(
    `SELECT n, bytes FROM entries WHERE person = ?1 OR chat = ?1 LIMIT ${ENTRIES_PER_STEP}`,
  );
  const expired = db.prepare(
    `SELECT n, bytes FROM entries WHERE expires_at <= ? ORDER BY expires_at LIMIT ${ENTRIES_PER_STEP}`,
  );
  const readTotals = db.prepare('SELECT entries, cleared_n AS cleared FROM totals');
  const count = db.prepare('UPDATE totals SET entries = entries + ?');
  const clear = db.prepare(
    'UPDATE totals SET entries = 0, cleared_n = coalesce((SELECT max(n) FROM entries), cleared_n)',
  );
  const pages = db.prepare(
    `SELECT (page_count - freelist_count) * page_size AS size
     FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`,
  );
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');

  function together<T>(work: () => T): T {
    begin.run();
    try {
      const result = work();
      commit.run();
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  const clearedN = () => Number(readTotals.get()?.cleared);
  const size = () => Number(pages.get()?.size);

  /** Returns how many of them could still be found. */
  function drop(rows: readonly Row[], cleared: number): number {
    for (const { n } of rows) remove.run(n);
    const living = rows.filter(({ n }) => n > cleared).length;
    if (living > 0) count.run(-living);
    return living;
  }

  /** What was cleared, and the oldest of too much. */
  function superfluous(cleared: number): readonly Row[] {
    let excess = size() - maxBytes;
    return firstOf(rowsOf(oldest.all()), ({ n, bytes }) => {
      const goes = n <= cleared || excess > 0;
      excess -= bytes;
      return goes;
    });
  }

  return {
    read: (key, now) => read.get(key, now)?.kept?.toString(),
    write: (key, kept, expiresAt, [person = null, chat = null] = []) =>
      together(() => {
        drop(rowsOf(find.all(key)), clearedN());
        insert.run(key, Buffer.byteLength(kept), expiresAt, person, chat, kept);
        count.run(1);
      }),
    forget: (owner) =>
      together(() => {
        const rows = firstOf(rowsOf(owned.all(owner)), () => true);
        drop(rows, clearedN());
        return rows.length > 0;
      }),
    remove: (key) => together(() => drop(rowsOf(find.all(key)), clearedN()) > 0),
    clear: () => together(() => void clear.run()),
    prune: (now) =>
      together(() => {
        const cleared = clearedN();
        const first = superfluous(cleared);
        if (first.length > 0) return { bytes: drop(first, cleared), ttl: 0 };
        const late = firstOf(rowsOf(expired.all(now)), () => true);
        return late.length > 0 ? { bytes: 0, ttl: drop(late, cleared) } : undefined;
      }),
    entries: () => Number(readTotals.get()?.entries),
    size,
  };
}

function rowsOf(rows: readonly Readonly<Record<string, unknown>>[]): readonly Row[] {
  return rows.map(({ n, bytes }) => ({ n: Number(n), bytes: Number(bytes) }));
}

/** The first rows that go, as many as one step may have. */
function firstOf(rows: readonly Row[], goes: (row: Row) => boolean): readonly Row[] {
  let bytes = 0;
  const end = rows.findIndex((row) => {
    if (bytes > BYTES_PER_STEP || !goes(row)) return true;
    bytes += row.bytes;
    return false;
  });
  return end < 0 ? rows : rows.slice(0, end);
}

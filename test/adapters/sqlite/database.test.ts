import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteLog } from '../../../adapters/sqlite/log.ts';
import { openDatabase } from '../../../adapters/sqlite/open-database.ts';
import { sqliteStore } from '../../../adapters/sqlite/store.ts';

describe('the data file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ostler-db-'));
    path = join(folder, 'ostler.db');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is made with its folder, and only its user may read what is in it', async () => {
    const deep = join(folder, 'data', 'ostler.db');
    const db = openDatabase(deep);
    await sqliteStore(db).set('key', 'secret');
    const files = await readdir(join(folder, 'data'));
    expect(files.sort()).toEqual(['ostler.db', 'ostler.db-shm', 'ostler.db-wal']);
    for (const file of files) {
      expect((await stat(join(folder, 'data', file))).mode & 0o777, file).toBe(0o600);
    }
    db.close();
  });

  it('commits to the disk where that was promised', () => {
    const db = openDatabase(path);
    expect(db.durable.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(db.quick.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 1 });
    expect(db.quick.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    db.close();
  });

  it('commits what was asked for before it was closed', async () => {
    const db = openDatabase(path);
    const written = sqliteStore(db).set('key', 1);
    db.close();
    db.close();
    await written;
    const again = openDatabase(path);
    expect(await sqliteStore(again).get('key')).toBe(1);
    again.close();
  });

  it.each([
    ['a text file', 'this is not a database, but it is long enough to be looked at '.repeat(100)],
    ['a damaged header', `SQLite format 3\0${'\xff'.repeat(4_000)}`],
  ])('that is %s is refused with what to do', async (_, content) => {
    await writeFile(path, content, 'latin1');
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({
        code: 'storage',
        message: expect.stringContaining(path),
        hint: expect.stringMatching(/move .* away/i),
      }),
    );
  });

  it('whose pages are damaged gives errors of ours, not of SQLite', async () => {
    const db = openDatabase(path);
    const log = sqliteLog(db);
    for (let i = 0; i < 50; i += 1)
      await log.append('s', `e${i}`, 'x'.repeat(1_000), { entries: 100, ttlMs: 3_600_000 });
    db.close();
    const { size } = await stat(path);
    await writeFile(path, Buffer.alloc(size - 8_192, 0xff), { flag: 'r+' }).catch(() => undefined);
    const damaged = new Promise((resolve) => {
      const again = openDatabase(path);
      sqliteLog(again)
        .range('s', { limit: 100 })
        .finally(() => again.close())
        .then(resolve, resolve);
    });
    await expect(damaged).rejects.toMatchObject({ code: 'storage' });
  });

  it('of a newer Ostler is refused unchanged', () => {
    openDatabase(path).close();
    const raw = new DatabaseSync(path);
    raw.exec('PRAGMA user_version = 999');
    raw.close();
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({ code: 'storage', hint: expect.stringContaining('newer Ostler') }),
    );
    const after = new DatabaseSync(path);
    expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: 999 });
    after.close();
  });

  it('cannot be opened where a folder stands in its way, or a file where its folder should be', async () => {
    await mkdir(path);
    expect(() => openDatabase(path)).toThrow(expect.objectContaining({ code: 'storage' }));
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(() => openDatabase(join(file, 'ostler.db'))).toThrow(
      expect.objectContaining({ code: 'storage', hint: expect.stringContaining('folder') }),
    );
  });

  it('on a full disk refuses what does not fit, loses nothing, and goes on when there is room', async () => {
    const db = openDatabase(path);
    const store = sqliteStore(db);
    await store.set('before', 1);
    const pages = Number(db.durable.prepare('PRAGMA page_count').get()?.page_count);
    db.durable.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const large = store.set('large', 'x'.repeat(100_000));
    await expect(large).rejects.toMatchObject({ code: 'storage', retryable: true });
    expect(await store.get('before')).toBe(1);
    expect(await store.get('large')).toBeUndefined();
    db.durable.exec('PRAGMA max_page_count = 1000000');
    await store.set('large', 'x'.repeat(100_000));
    expect(await store.get('large')).toHaveLength(100_000);
    db.close();
  });

  it('that another program has locked is an error worth trying again, told soon', async () => {
    const db = openDatabase(path);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const store = sqliteStore(db);
    await expect(store.set('key', 1)).rejects.toMatchObject({ code: 'storage', retryable: true });
    other.exec('ROLLBACK');
    await store.set('key', 1);
    other.close();
    db.close();
  });

  it('removes values whose lifetime is over when others are written', async () => {
    const db = openDatabase(path);
    let now = 1_000;
    const store = sqliteStore(db, () => now);
    for (let i = 0; i < 100; i += 1) await store.set(`short${i}`, i, 10);
    now += 10;
    await Promise.all(Array.from({ length: 256 }, (_, i) => store.set(`long${i % 4}`, i)));
    expect(db.quick.prepare('SELECT count(*) AS n FROM store').get()).toEqual({ n: 4 });
    db.close();
  });
});

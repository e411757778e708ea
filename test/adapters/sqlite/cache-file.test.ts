import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openCacheFile } from '../../../adapters/sqlite/cache-file.ts';
import { cacheHome, ERROR, MISS, NEVER } from './cache-watched.ts';

describe('the file of the cache', () => {
  it('is made with its folder, for its user alone, and keeps what was in it', async () => {
    const { folder, watchedTier, fill } = await cacheHome();
    await fill(3, 100);
    const { tier } = watchedTier();
    expect(await tier.get('key2')).toEqual({ kind: 'hit', value: 'x'.repeat(100), leftMs: undefined });
    expect(tier.entries()).toBe(3);
    const files = await readdir(join(folder, 'data'));
    expect(files.sort()).toEqual(['cache.db', 'cache.db-shm', 'cache.db-wal']);
    for (const file of files) {
      expect((await stat(join(folder, 'data', file))).mode & 0o777, file).toBe(0o600);
    }
  });

  it('promises no more than a cache has to', async () => {
    const { path } = await cacheHome();
    const db = openCacheFile(path);
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 1 });
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    db.close();
  });

  it.each([
    ['a text file', 'this is not a database, but it is long enough to be looked at '.repeat(100)],
    ['a damaged header', `SQLite format 3\0${'\xff'.repeat(4_000)}`],
  ])('that is %s is put aside and begun anew', async (_, content) => {
    const { path, watchedTier, put } = await cacheHome();
    await put(content);
    const { tier, errors, states } = watchedTier();
    expect(await tier.set('key', 'value', undefined)).toBe(true);
    expect(await tier.get('key')).toMatchObject({ value: 'value' });
    expect(await readFile(`${path}.damaged`, 'latin1')).toBe(content);
    expect(tier.health()).toEqual({ state: 'ready', detail: expect.stringMatching(/damaged.*begun anew/) });
    expect(errors.map(({ hint }) => hint)).toEqual([expect.stringContaining(`${path}.damaged`)]);
    expect(states()).toEqual([]);
  });

  it('whose pages are damaged is put aside when that shows, and the next one too', async () => {
    const { path, watchedTier, fill } = await cacheHome();
    for (let round = 0; round < 2; round += 1) {
      await fill(50, 2_000);
      const { size } = await stat(path);
      const whole = await readFile(path);
      // The first page says that all is well.
      const damaged = Buffer.concat([whole.subarray(0, 4_096), Buffer.alloc(size - 4_096, 0xff)]);
      await writeFile(path, damaged);
      const { tier, errors, states } = watchedTier();
      await tier.get('key7');
      expect(await tier.get('key7')).toEqual(MISS);
      expect(await tier.set('key7', `after ${round}`, undefined)).toBe(true);
      expect(await tier.get('key7')).toMatchObject({ value: `after ${round}` });
      expect(await readFile(`${path}.damaged`)).toEqual(damaged);
      expect(errors).toHaveLength(1);
      expect(states()).toEqual([]);
      await tier.close();
    }
  });

  it('that holds something else is put aside', async () => {
    const { folder, path, watchedTier } = await cacheHome();
    await mkdir(join(folder, 'data'));
    const db = new DatabaseSync(path);
    db.exec('CREATE TABLE recipes (name TEXT); PRAGMA user_version = 2');
    db.close();
    const { tier } = watchedTier();
    expect(await tier.set('key', 'value', undefined)).toBe(true);
    const aside = new DatabaseSync(`${path}.damaged`);
    expect(aside.prepare('SELECT count(*) AS n FROM recipes').get()).toEqual({ n: 0 });
    aside.close();
  });

  it('of another version is emptied', async () => {
    const { path, watchedTier, fill } = await cacheHome();
    await fill(3, 100);
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const { tier, errors } = watchedTier();
    expect(tier.entries()).toBe(0);
    expect(await tier.get('key1')).toEqual(MISS);
    expect(await tier.set('key', 'value', undefined)).toBe(true);
    expect(errors).toEqual([]);
  });

  it('that cannot be opened answers at once, says why, and is tried again', async () => {
    const { path, watchedTier } = await cacheHome();
    await mkdir(path, { recursive: true });
    const { tier, states } = watchedTier({ retryMs: 0 });
    expect(tier.health()).toEqual({ state: 'down', detail: expect.stringMatching(/cannot be opened/) });
    expect(await tier.get('key')).toEqual(ERROR);
    expect(await tier.set('key', 'value', undefined)).toBe(false);
    expect(await tier.clear()).toBe(false);
    expect(tier.entries()).toBeUndefined();
    await rm(path, { recursive: true });
    expect(await tier.set('key', 'value', undefined)).toBe(true);
    expect(await tier.get('key')).toMatchObject({ value: 'value' });
    expect(states()).toEqual(['ready']);
  });

  it('that cannot be opened is not tried with every question', async () => {
    const { folder, path, watchedTier } = await cacheHome();
    await mkdir(path, { recursive: true });
    const { tier, states } = watchedTier({ retryMs: NEVER });
    await rm(path, { recursive: true });
    for (let n = 0; n < 10; n += 1) expect(await tier.get('key')).toEqual(ERROR);
    expect(await readdir(join(folder, 'data'))).toEqual([]);
    expect(states()).toEqual([]);
  });
});

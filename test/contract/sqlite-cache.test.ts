import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openCacheFile } from '../../adapters/sqlite/cache-file.ts';
import { cacheRows } from '../../adapters/sqlite/cache-rows.ts';
import { type SqliteCacheOptions, sqliteCacheTier } from '../../adapters/sqlite/cache-tier.ts';
import type { OstlerError } from '../../src/errors.ts';
import type { TierHealth } from '../../src/ports/cache-tier.ts';
import { cacheTierContract, gone } from './cache-tier-contract.ts';

const maxBytes = 50_000_000;
/** So long that no test waits for it. In milliseconds. */
const NEVER = 600_000;
const HOUR_MS = 3_600_000;
const ERROR = { kind: 'error' };
const MISS = { kind: 'miss' };

cacheTierContract('The cache on a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-cache-'));
  const path = join(folder, 'cache.db');
  const beside = join(folder, 'ostler.db');
  return {
    tier: sqliteCacheTier(path, { maxBytes }),
    other: sqliteCacheTier(path, { maxBytes }),
    putBeside: () => writeFile(beside, 'beside'),
    isBeside: async () => (await readFile(beside, 'utf8')) === 'beside',
    async putForeign(key, text) {
      const db = openCacheFile(path);
      cacheRows(db, maxBytes).write(key, text, null);
      db.close();
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
});

describe('the file of the cache', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ostler-cache-'));
    path = join(folder, 'data', 'cache.db');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function watchedTier(options: Partial<SqliteCacheOptions> = {}) {
    const told: TierHealth[] = [];
    const errors: OstlerError[] = [];
    const onError = (error: OstlerError) => errors.push(error);
    const tier = sqliteCacheTier(path, { maxBytes, retryMs: NEVER, onError, ...options });
    tier.onHealth((health) => told.push(health));
    onTestFinished(() => tier.close());
    return { tier, errors, states: () => told.map(({ state }) => state) };
  }

  async function fill(count: number, bytes: number, ttlMs: number | undefined = undefined): Promise<void> {
    const { tier } = watchedTier();
    for (let n = 0; n < count; n += 1) await tier.set(`key${n}`, 'x'.repeat(bytes), ttlMs);
    await tier.close();
  }

  async function put(content: string): Promise<void> {
    await mkdir(join(folder, 'data'), { recursive: true });
    await writeFile(path, content, 'latin1');
  }

  const rowsIn = (db: DatabaseSync) => Number(db.prepare('SELECT count(*) AS n FROM entries').get()?.n);

  it('is made with its folder, for its user alone, and keeps what was in it', async () => {
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

  it('promises no more than a cache has to', () => {
    const db = openCacheFile(path);
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 1 });
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    db.close();
  });

  it.each([
    ['a text file', 'this is not a database, but it is long enough to be looked at '.repeat(100)],
    ['a damaged header', `SQLite format 3\0${'\xff'.repeat(4_000)}`],
  ])('that is %s is put aside and begun anew', async (_, content) => {
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
    await mkdir(path, { recursive: true });
    const { tier, states } = watchedTier({ retryMs: NEVER });
    await rm(path, { recursive: true });
    for (let n = 0; n < 10; n += 1) expect(await tier.get('key')).toEqual(ERROR);
    expect(await readdir(join(folder, 'data'))).toEqual([]);
    expect(states()).toEqual([]);
  });

  it.each([
    ['is tried again by the next write', 0, true],
    ['is not tried with every write', NEVER, false],
  ])('on a full disk reads on, takes nothing more, and %s', async (_, retryMs, recovers) => {
    let disk = new DatabaseSync(':memory:');
    const open = (at: string) => {
      disk.close();
      disk = openCacheFile(at);
      return disk;
    };
    const { tier, states } = watchedTier({ open, retryMs });
    await tier.set('before', 'value', undefined);
    const pages = Number(disk.prepare('PRAGMA page_count').get()?.page_count);
    disk.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const large = 'x'.repeat(100_000);
    for (let n = 0; n < 3; n += 1) expect(await tier.set('large', large, undefined)).toBe(false);
    expect(tier.health()).toEqual({ state: 'full', detail: expect.stringMatching(/full disk/) });
    expect(await tier.get('before')).toMatchObject({ value: 'value' });
    expect(await tier.get('large')).toEqual(MISS);
    disk.exec('PRAGMA max_page_count = 1000000');
    expect(await tier.set('large', large, undefined)).toBe(recovers);
    expect(states()).toEqual(recovers ? ['full', 'ready'] : ['full']);
  });

  it('on a full disk can be cleared and rid of single values at once, and then takes new ones', async () => {
    let disk = new DatabaseSync(':memory:');
    const open = (at: string) => {
      disk.close();
      disk = openCacheFile(at);
      return disk;
    };
    const { tier, states } = watchedTier({ open });
    for (let n = 0; n < 50; n += 1) await tier.set(`key${n}`, 'x'.repeat(4_000), undefined);
    const pages = Number(disk.prepare('PRAGMA page_count').get()?.page_count);
    disk.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const large = 'x'.repeat(100_000);
    expect(await tier.set('large', large, undefined)).toBe(false);
    expect(await tier.delete('key1')).toBe(true);
    expect([await tier.get('key1'), tier.health().state]).toEqual([MISS, 'full']);
    expect(await tier.set('large', large, undefined)).toBe(false);
    expect(await tier.clear()).toBe(true);
    expect([await tier.get('key2'), tier.entries()]).toEqual([MISS, 0]);
    while (rowsIn(disk) > 0) await new Promise(setImmediate);
    expect(await tier.set('large', large, undefined)).toBe(true);
    expect(states()).toEqual(['full', 'ready']);
  });

  it('tells what left it by itself, and how much it holds', async () => {
    const { tier } = watchedTier({ maxBytes: 1_000_000 });
    const told = { bytes: 0, ttl: 0 };
    tier.onEviction((reason, times) => {
      told[reason as keyof typeof told] += times;
    });
    const before = tier.bytes() ?? 0;
    for (let n = 0; n < 64; n += 1) await tier.set(`short${n}`, 'value', 1);
    expect(tier.bytes()).toBeGreaterThanOrEqual(before);
    await gone(tier, 'short63');
    for (let n = 0; n < 64; n += 1) await tier.set(`long${n}`, 'value', undefined);
    while (told.ttl < 64) await new Promise(setImmediate);
    expect([told, tier.entries()]).toEqual([{ bytes: 0, ttl: 64 }, 64]);
    for (let n = 0; n < 200; n += 1) {
      await tier.set(`large${n}`, 'x'.repeat(10_000), undefined);
      await new Promise(setImmediate);
    }
    expect(told.bytes).toBe(264 - (tier.entries() ?? 0));
    expect(tier.bytes()).toBeGreaterThan(800_000);
    expect(tier.bytes()).toBeLessThan(1_100_000);
    await tier.clear();
    while ((tier.bytes() ?? 0) > 100_000) await new Promise(setImmediate);
    expect(told.bytes).toBeLessThan(264);
  });

  it('is rid of what is somebody’s at once, and of nothing else', async () => {
    const { tier } = watchedTier();
    for (let n = 0; n < 200; n += 1) await tier.set(`ada${n}`, '{}', undefined, ['ada', 'home']);
    await tier.set('in the group', '{}', undefined, ['ada', 'group']);
    await tier.set('ben', '{}', undefined, ['ben', 'group']);
    await tier.set('everybody’s', '{}', undefined);
    expect(await tier.forget('ada')).toBe(true);
    expect(tier.entries()).toBe(2);
    expect(await tier.get('ada7')).toEqual(MISS);
    expect(await tier.forget('nobody')).toBe(true);
    expect(await tier.forget('group')).toBe(true);
    expect([await tier.get('ben'), (await tier.get('everybody’s')).kind]).toEqual([MISS, 'hit']);
    await tier.close();
    expect(await tier.forget('ada')).toBe(false);
    const db = openCacheFile(path);
    expect(rowsIn(db)).toBe(1);
    db.close();
  });

  it('that another program has locked is no reason to wait or to give up', async () => {
    const { tier, errors, states } = watchedTier();
    await tier.set('key', 'value', undefined);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    expect(await tier.set('key', 'other', undefined)).toBe(false);
    expect(await tier.get('key')).toMatchObject({ value: 'value' });
    other.exec('ROLLBACK');
    other.close();
    expect(await tier.set('key', 'other', undefined)).toBe(true);
    expect(errors).toEqual([]);
    expect(states()).toEqual([]);
  });

  it('takes no more room than it may have: the oldest go first', async () => {
    const limit = 2_000_000;
    const { tier } = watchedTier({ maxBytes: limit });
    const value = JSON.stringify('x'.repeat(9_000));
    for (let n = 0; n < 600; n += 1) {
      expect(await tier.set(`key${n}`, value, undefined)).toBe(true);
      // Others have their turn, and so has the pruning.
      await new Promise(setImmediate);
    }
    expect(await tier.get('key0')).toEqual(MISS);
    expect(await tier.get('key599')).toMatchObject({ kind: 'hit' });
    const found = await Promise.all(Array.from({ length: 600 }, (_, n) => tier.get(`key${n}`)));
    const first = found.findIndex(({ kind }) => kind === 'hit');
    expect(found.slice(first).every(({ kind }) => kind === 'hit')).toBe(true);
    expect(600 - first).toBeGreaterThan(100);
    expect(tier.entries()).toBe(600 - first);
    await tier.close();
    expect((await stat(path)).size).toBeLessThan(limit * 1.05);
  });

  it('takes no value that would throw out all others', async () => {
    const { tier } = watchedTier({ maxBytes: 200_000 });
    await tier.set('key', 'value', undefined);
    expect(await tier.set('large', 'x'.repeat(200_001), undefined)).toBe(false);
    expect(await tier.get('key')).toMatchObject({ kind: 'hit' });
  });

  it('is rid of what has expired when others are written', async () => {
    await fill(200, 100, 1);
    const { tier } = watchedTier();
    for (let n = 0; n < 64; n += 1) await tier.set(`long${n}`, 'value', HOUR_MS);
    while (tier.entries() !== 64) await new Promise(setImmediate);
    await tier.close();
    const db = openCacheFile(path);
    expect(rowsIn(db)).toBe(64);
    db.close();
  });

  it('is cleared at once, and emptied in small steps', async () => {
    await fill(500, 1_000);
    const db = openCacheFile(path);
    const rows = cacheRows(db, maxBytes);
    rows.clear();
    expect(rows.entries()).toBe(0);
    expect(rows.read('key1')).toBeUndefined();
    rows.write('key1', 'after', null);
    expect(rowsIn(db)).toBe(500);
    let before = 500;
    while (rows.prune(Date.now())) {
      const left = rowsIn(db);
      expect(before - left).toBeLessThanOrEqual(64);
      before = left;
    }
    expect(rowsIn(db)).toBe(1);
    expect(rows.entries()).toBe(1);
    expect(rows.read('key1')).toBe('after');
    rows.clear();
    while (rows.prune(Date.now()));
    rows.clear();
    rows.write('key2', 'later', null);
    expect(rows.read('key2')).toBe('later');
    db.close();
  });
});

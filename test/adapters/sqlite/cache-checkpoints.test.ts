import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CheckpointOptions } from '../../../adapters/sqlite/cache-checkpoints.ts';
import { openCacheFile } from '../../../adapters/sqlite/cache-file.ts';
import { sqliteCacheTier } from '../../../adapters/sqlite/cache-tier.ts';

const PAGE_BYTES = 4_096;
/** Of a log that is worth a checkpoint, in these tests. */
const PAGES = 20;
const MAX_BYTES = 50_000_000;
const VALUE = 'x'.repeat(2_000);
const DYING = new URL('./checkpoints-die.child.ts', import.meta.url);
const ABSENT = new URL('./absent.child.ts', import.meta.url);

async function watched(checkpoints: CheckpointOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-cache-'));
  const path = join(folder, 'cache.db');
  let db: DatabaseSync | undefined;
  const open = (at: string) => {
    db = openCacheFile(at);
    return db;
  };
  const tier = sqliteCacheTier(path, { maxBytes: MAX_BYTES, open, checkpoints });
  onTestFinished(async () => {
    await tier.close();
    await rm(folder, { recursive: true, force: true });
  });
  const sizeOf = (suffix = '') => stat(path + suffix).then(({ size }) => size);
  return {
    tier,
    sizeOf,
    files: () => readdir(folder),
    reopened: () => sqliteCacheTier(path, { maxBytes: MAX_BYTES }),
    /** After so many pages whoever writes makes a checkpoint; 0: never. */
    pagesOnTheLoop: () => Number(Object.values(db?.prepare('PRAGMA wal_autocheckpoint').get() ?? {})[0]),
  };
}

async function write(tier: ReturnType<typeof sqliteCacheTier>, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 1) expect(await tier.set(`key${n}`, VALUE, undefined)).toBe(true);
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(setImmediate);
}

describe('the log of the cache’s file', () => {
  it('is copied into the file beside the loop, and does not grow without end', async () => {
    const { tier, sizeOf, pagesOnTheLoop } = await watched({ pages: PAGES });
    await write(tier, 0, 1_000);
    await until(async () => (await sizeOf()) > 500 * PAGE_BYTES);
    expect(await sizeOf('-wal')).toBeLessThan(PAGES * 10 * PAGE_BYTES);
    expect(pagesOnTheLoop()).toBe(0);
    expect(await tier.get('key0')).toMatchObject({ value: VALUE });
    expect(await tier.get('key999')).toMatchObject({ value: VALUE });
  });

  it('is left alone while it is short: no thread, and nothing is lost', async () => {
    const { tier, files, reopened } = await watched({ thread: ABSENT });
    await write(tier, 0, 10);
    await tier.close();
    expect(await files()).toEqual(['cache.db']);
    const again = reopened();
    expect(await again.get('key9')).toMatchObject({ value: VALUE });
    await again.close();
  });

  it('is gone after it was closed, with all that was in it in the file', async () => {
    const { tier, files, reopened } = await watched({ pages: PAGES });
    await write(tier, 0, 100);
    await tier.close();
    expect(await files()).toEqual(['cache.db']);
    const again = reopened();
    expect(again.entries()).toBe(100);
    await again.close();
  });

  it.each([
    ['dies', DYING],
    ['cannot begin', ABSENT],
  ])('is kept short by whoever writes where the thread %s', async (_, thread) => {
    const { tier, sizeOf, files, pagesOnTheLoop } = await watched({ pages: PAGES, thread });
    await write(tier, 0, 20);
    await until(() => pagesOnTheLoop() > 0);
    await write(tier, 20, 500);
    expect(tier.health()).toEqual({ state: 'ready', detail: '' });
    expect(await sizeOf('-wal')).toBeLessThan(1_000 * PAGE_BYTES);
    expect(await tier.get('key0')).toMatchObject({ value: VALUE });
    await tier.close();
    expect(await files()).toEqual(['cache.db']);
  });

  it('is cleared with the file, also right after it was written', async () => {
    const { tier, reopened } = await watched({ pages: PAGES });
    await write(tier, 0, 100);
    expect(await tier.clear()).toBe(true);
    await write(tier, 0, 1);
    await tier.close();
    const again = reopened();
    expect([again.entries(), (await again.get('key1')).kind]).toEqual([1, 'miss']);
    await again.close();
  });
});

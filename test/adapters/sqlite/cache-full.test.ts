import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openCacheFile } from '../../../adapters/sqlite/cache-file.ts';
import { cacheHome, MISS, NEVER, rowsIn } from './cache-watched.ts';

describe('the file of the cache', () => {
  it.each([
    ['is tried again by the next write', 0, true],
    ['is not tried with every write', NEVER, false],
  ])('on a full disk reads on, takes nothing more, and %s', async (_, retryMs, recovers) => {
    const { watchedTier } = await cacheHome();
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
    const { watchedTier } = await cacheHome();
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

  it('that another program has locked is no reason to wait or to give up', async () => {
    const { path, watchedTier } = await cacheHome();
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
});

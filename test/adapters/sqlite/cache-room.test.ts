import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openCacheFile } from '../../../adapters/sqlite/cache-file.ts';
import { cacheRows } from '../../../adapters/sqlite/cache-rows.ts';
import { gone } from '../../contract/cache-tier-contract.ts';
import { cacheHome, HOUR_MS, MISS, maxBytes, rowsIn } from './cache-watched.ts';

describe('the file of the cache', () => {
  it('tells what left it by itself, and how much it holds', async () => {
    const { watchedTier } = await cacheHome();
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
    const { path, watchedTier } = await cacheHome();
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

  it('takes no more room than it may have: the oldest go first', async () => {
    const { path, watchedTier } = await cacheHome();
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
    const { watchedTier } = await cacheHome();
    const { tier } = watchedTier({ maxBytes: 200_000 });
    await tier.set('key', 'value', undefined);
    expect(await tier.set('large', 'x'.repeat(200_001), undefined)).toBe(false);
    expect(await tier.get('key')).toMatchObject({ kind: 'hit' });
  });

  it('is rid of what has expired when others are written', async () => {
    const { path, watchedTier, fill } = await cacheHome();
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
    const { path, fill } = await cacheHome();
    await fill(500, 1_000);
    const db = openCacheFile(path);
    const rows = cacheRows(db, maxBytes);
    rows.clear();
    expect(rows.entries()).toBe(0);
    expect(rows.read('key1', Date.now())).toBeUndefined();
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
    expect(rows.read('key1', Date.now())).toBe('after');
    rows.clear();
    while (rows.prune(Date.now()));
    rows.clear();
    rows.write('key2', 'later', null);
    expect(rows.read('key2', Date.now())).toBe('later');
    db.close();
  });
});

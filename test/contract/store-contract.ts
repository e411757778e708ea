import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.ts';

/** Two connections to the same data, and a way to let a lifetime pass. */
export type StoreHome = {
  readonly store: Store;
  readonly other: Store;
  /** Resolves once `ms` have passed for the store. */
  elapse(ms: number): Promise<void>;
  dispose(): Promise<void>;
};

/** What every store promises: run on each adapter. */
export function storeContract(name: string, makeHome: () => Promise<StoreHome>): void {
  describe(`${name} keeps the promises of a store`, () => {
    let home: StoreHome;
    beforeEach(async () => {
      home = await makeHome();
    });
    afterEach(() => home.dispose());

    const values: readonly (readonly [string, unknown])[] = [
      ['a text', 'äöü 🐎 :colon'],
      ['an empty text', ''],
      ['a text that looks like a marker', ':base64:AAAA'],
      ['a number', 0],
      ['false', false],
      ['null', null],
      ['a list', [1, 'two', null]],
      ['an object', { a: { b: [] }, value: 1, expires: 2 }],
      ['200,000 characters', 'x'.repeat(200_000)],
    ];
    it.each(values)('gives back %s as it was set, also on another connection', async (_, value) => {
      await home.store.set('key', value);
      expect(await home.store.get('key')).toEqual(value);
      expect(await home.other.get('key')).toEqual(value);
    });

    it('knows nothing of a key that was never set, was deleted, or was set to undefined', async () => {
      expect(await home.store.get('never')).toBeUndefined();
      await home.store.set('key', 1);
      await home.store.delete('key');
      expect(await home.store.get('key')).toBeUndefined();
      await home.store.set('key', 1);
      await home.store.set('key', undefined);
      expect(await home.store.get('key')).toBeUndefined();
      await home.store.delete('never');
    });

    it('keeps keys apart, whatever stands in them', async () => {
      const keys = ['a', 'a:b', 'a::b', 'store:a', '', '*', 'a b', 'ä/🐎'];
      for (const key of keys) await home.store.set(key, `value of ${key}`);
      for (const key of keys) expect(await home.other.get(key)).toBe(`value of ${key}`);
    });

    it('forgets a value when its lifetime is over, and only that one', async () => {
      await home.store.set('short', 1, 60);
      await home.store.set('long', 2, 600_000);
      await home.store.set('ever', 3);
      expect(await home.store.get('short')).toBe(1);
      await home.elapse(60);
      expect(await home.store.get('short')).toBeUndefined();
      expect(await home.store.get('long')).toBe(2);
      expect(await home.store.get('ever')).toBe(3);
    });

    it('drops the lifetime when a value is set again without one', async () => {
      await home.store.set('key', 1, 60);
      await home.store.set('key', 2);
      await home.elapse(60);
      expect(await home.store.get('key')).toBe(2);
    });

    it('updates what is there, makes what is not, and deletes by undefined', async () => {
      expect(await home.store.update('key', (value) => value ?? 'made')).toBe('made');
      await home.store.set('key', 1);
      expect(await home.store.update('key', (value) => Number(value) + 1)).toBe(2);
      expect(await home.other.get('key')).toBe(2);
      expect(await home.store.update('key', () => undefined)).toBeUndefined();
      expect(await home.other.get('key')).toBeUndefined();
      expect(await home.store.update('key', () => undefined)).toBeUndefined();
    });

    it('keeps the lifetime of a value that is updated', async () => {
      await home.store.set('key', 1, 100);
      await home.store.update('key', () => 2);
      expect(await home.store.get('key')).toBe(2);
      await home.elapse(100);
      expect(await home.store.get('key')).toBeUndefined();
    });

    it('gives an update nothing of a value whose lifetime is over, nor its lifetime', async () => {
      await home.store.set('key', 1, 60);
      await home.elapse(60);
      expect(await home.store.update('key', (value) => value ?? 'new')).toBe('new');
      await home.elapse(60);
      expect(await home.store.get('key')).toBe('new');
    });

    it('changes nothing when the change throws, and passes the error on', async () => {
      await home.store.set('key', 1);
      const broken = new Error('the change broke');
      const update = home.store.update('key', () => {
        throw broken;
      });
      const beside = home.store.update('beside', () => 'written');
      await expect(update).rejects.toBe(broken);
      expect(await beside).toBe('written');
      expect(await home.store.get('key')).toBe(1);
    });

    it('loses none of 50 increments made at once over two connections', async () => {
      const increment = (store: Store) => store.update('count', (value) => Number(value ?? 0) + 1);
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) => increment(i % 2 === 0 ? home.store : home.other)),
      );
      expect(await home.store.get('count')).toBe(50);
      expect(new Set(results).size).toBe(50);
    });
  });
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CacheTier, TierState } from '../../src/ports/cache-tier.ts';

/** Two tiers on the same data, and what else lies beside it. */
export type CacheTierHome = {
  readonly tier: CacheTier;
  readonly other: CacheTier;
  /** Puts something of somebody else's beside the cache. */
  putBeside(): Promise<void>;
  /** Whether that is still there. */
  isBeside(): Promise<boolean>;
  /** Puts a text under a key that no tier has written. */
  putForeign(key: string, text: string): Promise<void>;
  dispose(): Promise<void>;
};

const MISS = { kind: 'miss' };
const FAILED = { kind: 'error' };
const HOUR_MS = 3_600_000;

/** What every second tier of the cache promises: run on each adapter. */
export function cacheTierContract(name: string, makeHome: () => Promise<CacheTierHome>): void {
  describe(`${name} keeps the promises of a second tier`, () => {
    let home: CacheTierHome;
    let tier: CacheTier;
    beforeEach(async () => {
      home = await makeHome();
      tier = home.tier;
      await Promise.all([reaches(tier, 'ready'), reaches(home.other, 'ready')]);
    });
    afterEach(async () => {
      await tier.close();
      await home.other.close();
      await home.dispose();
    });

    const values: readonly (readonly [string, string])[] = [
      ['an object', '{"version":1,"text":"äöü 🐎 :colon","n":null}'],
      ['a text in quotes', '"said \\"so\\" \\\\ \\u0000 \\ud83d"'],
      ['an empty list', '[]'],
      ['nothing at all', ''],
      ['what looks like Keyv’s own', '{"value":"x","expires":1}'],
      ['what looks like a marker', ':base64:AAAA'],
      ['what looks like ours', '{"v":1,"expires":null,"value":{}}'],
      ['a brace', '{'],
      ['one megabyte', JSON.stringify('ä'.repeat(500_000))],
    ];
    it.each(values)('gives back %s as it was set, also to somebody else', async (_, value) => {
      expect(await tier.set('key', value, HOUR_MS)).toBe(true);
      expect(await tier.get('key')).toMatchObject({ kind: 'hit', value });
      expect(await home.other.get('key')).toMatchObject({ kind: 'hit', value });
    });

    it('has nothing under a key that was never set or was deleted', async () => {
      expect(await tier.get('never')).toEqual(MISS);
      expect(await tier.delete('never')).toBe(true);
      await tier.set('key', 'value', HOUR_MS);
      expect(await home.other.delete('key')).toBe(true);
      expect(await tier.get('key')).toEqual(MISS);
    });

    it('keeps keys apart, whatever stands in them', async () => {
      const keys = ['a', 'a:b', 'a::b', 'cache:a', '*', 'a*', '[a]', 'a b', 'ä/🐎', 'f'.repeat(64)];
      for (const key of keys) await tier.set(key, `value of ${key}`, undefined);
      for (const key of keys) {
        expect(await home.other.get(key)).toEqual({
          kind: 'hit',
          value: `value of ${key}`,
          leftMs: undefined,
        });
      }
    });

    it('says how long a value is kept, and keeps one without an expiry', async () => {
      await tier.set('hour', 'value', HOUR_MS);
      await tier.set('ever', 'value', undefined);
      const hour = await tier.get('hour');
      const leftMs = hour.kind === 'hit' ? (hour.leftMs ?? Number.NaN) : Number.NaN;
      expect(leftMs).toBeLessThanOrEqual(HOUR_MS);
      expect(leftMs).toBeGreaterThan(HOUR_MS - 30_000);
      expect(await tier.get('ever')).toEqual({ kind: 'hit', value: 'value', leftMs: undefined });
    });

    it('gives a value that is set again the life that it was set with last', async () => {
      await tier.set('key', 'first', 40);
      await tier.set('key', 'second', undefined);
      await tier.set('short', 'value', 40);
      await gone(tier, 'short');
      expect(await tier.get('key')).toEqual({ kind: 'hit', value: 'second', leftMs: undefined });
    });

    it.each([0, -5, 0.5, 30])('forgets a value after a life of %d ms, and only that one', async (ttlMs) => {
      await tier.set('long', 'value', HOUR_MS);
      await tier.set('short', 'value', ttlMs);
      await gone(tier, 'short');
      await gone(home.other, 'short');
      expect(await tier.get('long')).toMatchObject({ kind: 'hit' });
    });

    it('clears all that is of this cache, for everybody, and nothing else', async () => {
      await home.putBeside();
      const keys = Array.from({ length: 300 }, (_, n) => `key${n}`);
      await Promise.all(keys.map((key) => tier.set(key, 'value', HOUR_MS)));
      expect(await tier.clear()).toBe(true);
      for (const key of keys) expect(await home.other.get(key)).toEqual(MISS);
      expect(await home.isBeside()).toBe(true);
      expect(tier.entries()).toBe(0);
      expect(await tier.set('key1', 'after', HOUR_MS)).toBe(true);
      expect(await home.other.get('key1')).toMatchObject({ value: 'after' });
    });

    it('clears what is empty', async () => {
      expect(await tier.clear()).toBe(true);
      expect(tier.entries()).toBe(0);
    });

    it('knows about how much they take', async () => {
      await tier.clear();
      for (let n = 0; n < 50; n += 1) await tier.set(`key${n}`, 'x'.repeat(4_000), HOUR_MS);
      expect(tier.bytes()).toBeGreaterThan(50 * 4_000 * 0.8);
      expect(tier.bytes()).toBeLessThan(50 * 4_000 * 3);
    });

    it('knows about how many entries there are', async () => {
      await tier.clear();
      for (const key of ['a', 'b', 'c']) await tier.set(key, 'value', HOUR_MS);
      expect(tier.entries()).toBe(3);
      await tier.delete('a');
      await tier.delete('never');
      expect(tier.entries()).toBe(2);
    });

    it.each([
      ['text', 'not JSON'],
      ['half an entry', '{"value":"tru'],
      ['another shape', '{"answer":42}'],
      ['a value that is no text', '{"value":{"a":1}}'],
      ['a number', '5'],
      ['a list', '[1]'],
      ['an expiry that is none', '{"v":1,"expires":"soon","value":{}}'],
      ['what another version wrote', '{"v":2,"expires":null,"value":{}}'],
      ['what was cut off', '{"v":1,"expires":null,"value":{"text":"Ye'],
      ['a text that is none', '{"v":1,"expires":null,"value":"un"quoted"}'],
      ['a value that is no answer', '{"v":1,"expires":null,"value":5}'],
    ])('answers %s that it has not written as an error, and replaces it', async (_, text) => {
      await home.putForeign('key', text);
      expect(await tier.get('key')).toEqual(FAILED);
      expect(tier.health().state).toBe('ready');
      expect(await tier.set('key', 'value', HOUR_MS)).toBe(true);
      expect(await tier.get('key')).toMatchObject({ value: 'value' });
    });

    it('shares what is done at once over two connections', async () => {
      const each = (n: number) => (n % 2 === 0 ? tier : home.other);
      const keys = Array.from({ length: 100 }, (_, n) => `key${n}`);
      const kept = await Promise.all(keys.map((key, n) => each(n).set(key, String(n), HOUR_MS)));
      expect(kept.every(Boolean)).toBe(true);
      const found = await Promise.all(keys.map((key, n) => each(n + 1).get(key)));
      expect(found.map((answer) => answer.kind === 'hit' && answer.value)).toEqual(
        keys.map((_, n) => String(n)),
      );
    });

    it('answers at once after it was closed, and closes twice', async () => {
      await tier.set('key', 'value', HOUR_MS);
      const late = tier.get('key');
      await tier.close();
      await tier.close();
      expect(['hit', 'error']).toContain((await late).kind);
      expect(await tier.get('key')).toEqual(FAILED);
      expect(await tier.set('key', 'value', HOUR_MS)).toBe(false);
      expect(await tier.delete('key')).toBe(false);
      expect(await tier.clear()).toBe(false);
      expect(await home.other.get('key')).toMatchObject({ kind: 'hit' });
    });
  });
}

/** Resolves once a tier is in a state. */
export function reaches(tier: CacheTier, state: TierState): Promise<void> {
  return new Promise((resolve) => {
    tier.onHealth((health) => health.state === state && resolve());
    if (tier.health().state === state) resolve();
  });
}

/** Resolves once nothing is under a key any more. */
export async function gone(tier: CacheTier, key: string): Promise<void> {
  while ((await tier.get(key)).kind === 'hit') await new Promise(setImmediate);
  expect(await tier.get(key)).toEqual(MISS);
}

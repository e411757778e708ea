import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Eviction, MemoryLimits, MemoryTier, OpenMemoryTier } from '../../src/cache/memory-tier.ts';

const LIMITS: MemoryLimits = { maxEntries: 10, maxBytes: 1_000, ttlMs: 300_000, ttiMs: 120_000 };

/** What every first tier of the cache keeps to, whatever its policy. */
export function memoryContract(name: string, open: OpenMemoryTier): void {
  describe(name, () => {
    let now: number;
    let evictions: [Eviction, string][];
    let tier: MemoryTier<string>;

    function openWith(limits: Partial<MemoryLimits>): MemoryTier<string> {
      const note = (reason: Eviction, key: string) => evictions.push([reason, key]);
      return open<string>({ ...LIMITS, ...limits }, note, () => now);
    }

    beforeEach(() => {
      now = 1_000;
      evictions = [];
      tier = openWith({});
    });

    test('gives what was set, and nothing for what was not', () => {
      tier.set('a', 'one', 3);
      expect(tier.get('a')).toBe('one');
      expect(tier.get('b')).toBeUndefined();
      expect([tier.entries(), tier.bytes()]).toEqual([1, 3]);
    });

    test('setting again replaces value, weight and life, and is no eviction', () => {
      tier.set('a', 'one', 3, 1_000);
      tier.set('a', 'two', 5);
      now += 2_000;
      expect(tier.get('a')).toBe('two');
      expect([tier.entries(), tier.bytes(), evictions]).toEqual([1, 5, []]);
    });

    test('deleting and clearing leave nothing, and are no evictions', () => {
      for (const key of ['a', 'b', 'c']) tier.set(key, key, 10);
      tier.delete('a');
      tier.delete('never there');
      expect([tier.get('a'), tier.entries(), tier.bytes()]).toEqual([undefined, 2, 20]);
      tier.clear();
      expect([tier.get('b'), tier.entries(), tier.bytes(), evictions]).toEqual([undefined, 0, 0, []]);
      tier.set('b', 'again', 10);
      expect([tier.get('b'), tier.bytes()]).toEqual(['again', 10]);
    });

    test('an entry ends with its TTL, however often it is asked for', () => {
      tier.set('a', 'one', 3);
      for (let asked = 0; asked < 3; asked += 1) {
        now += 99_999;
        expect(tier.get('a')).toBe('one');
      }
      now += 3;
      expect(tier.get('a')).toBeUndefined();
      expect(evictions).toEqual([['ttl', 'a']]);
    });

    test('an entry that nobody asks for ends with its TTI; asking renews that', () => {
      tier.set('asked', 'one', 3);
      tier.set('left alone', 'two', 3);
      now += 119_999;
      expect(tier.get('asked')).toBe('one');
      now += 1;
      expect(tier.get('left alone')).toBeUndefined();
      now += 119_998;
      expect(tier.get('asked')).toBe('one');
      expect(evictions).toEqual([['tti', 'left alone']]);
    });

    test('a TTL of its own shortens a life and never lengthens it', () => {
      tier = openWith({ ttiMs: 1_000_000 });
      tier.set('short', 'one', 3, 50);
      tier.set('long', 'two', 3, 900_000);
      now += 50;
      expect(tier.get('short')).toBeUndefined();
      now += 299_949;
      expect(tier.get('long')).toBe('two');
      now += 1;
      expect(tier.get('long')).toBeUndefined();
      expect(evictions).toEqual([
        ['ttl', 'short'],
        ['ttl', 'long'],
      ]);
    });

    test.each([0, -1, Number.NaN])('with a life of %d nothing is kept, not even what was there', (ttlMs) => {
      tier.set('a', 'one', 3);
      tier.set('a', 'two', 3, ttlMs);
      expect([tier.get('a'), tier.entries(), tier.bytes()]).toEqual([undefined, 0, 0]);
    });

    test.each([1_001, Number.NaN])('what weighs %d does not fit and pushes nobody out', (bytes) => {
      tier.set('a', 'one', 3);
      tier.set('b', 'two', 3);
      tier.set('a', 'large', bytes);
      expect([tier.get('a'), tier.get('b'), tier.bytes(), evictions]).toEqual([undefined, 'two', 3, []]);
    });

    test('an entry as large as the whole tier fits, alone', () => {
      tier.set('a', 'one', 500);
      tier.set('b', 'whole', 1_000);
      expect(tier.entries()).toBe(1);
      expect(evictions).toHaveLength(1);
      expect(evictions[0]?.[0]).toBe('bytes');
    });

    test('one more than fits pushes out one, for capacity', () => {
      for (let at = 0; at < 11; at += 1) tier.set(`k${at}`, 'v', 1);
      expect(tier.entries()).toBe(10);
      expect(evictions.map(([reason]) => reason)).toEqual(['capacity']);
      expect(tier.get('k10')).toBe('v');
    });

    test('more bytes than fit push out as many as needed, for bytes', () => {
      for (let at = 0; at < 5; at += 1) tier.set(`k${at}`, 'v', 200);
      tier.set('large', 'v', 450);
      expect(tier.bytes()).toBeLessThanOrEqual(1_000);
      expect(evictions.map(([reason]) => reason)).toEqual(
        ['bytes', 'bytes', 'bytes'].slice(0, evictions.length),
      );
      expect(evictions.length).toBeGreaterThan(0);
    });

    test('what had expired before it was pushed out is not counted as pushed out', () => {
      for (let at = 0; at < 10; at += 1) tier.set(`k${at}`, 'v', 1);
      now += 120_000;
      tier.set('k10', 'v', 1);
      expect(evictions.map(([reason]) => reason)).toEqual(['tti']);
    });

    test('counting lets go of what has expired', () => {
      for (const key of ['a', 'b', 'c']) tier.set(key, 'v', 10, key === 'b' ? 1_000 : undefined);
      now += 1_000;
      expect([tier.entries(), tier.bytes()]).toEqual([2, 20]);
      now += 119_000;
      expect([tier.bytes(), tier.entries()]).toEqual([0, 0]);
      expect(evictions.map(([reason]) => reason)).toEqual(['ttl', 'tti', 'tti']);
    });

    test('a tier of one entry holds the last one', () => {
      tier = openWith({ maxEntries: 1 });
      for (const key of ['a', 'b', 'c']) {
        tier.set(key, key, 1);
        expect(tier.get(key)).toBe(key);
      }
      expect(evictions).toEqual([
        ['capacity', 'a'],
        ['capacity', 'b'],
      ]);
    });

    test('whatever happens, it gives only what was set last and is alive, and holds its caps', () => {
      const key = fc.integer({ min: 0, max: 20 }).map(String);
      const step = fc.oneof(
        { weight: 4, arbitrary: fc.record({ do: fc.constant('get' as const), key }) },
        {
          weight: 4,
          arbitrary: fc.record({
            do: fc.constant('set' as const),
            key,
            bytes: fc.integer({ min: 0, max: 400 }),
            ttlMs: fc.option(fc.integer({ min: 0, max: 400_000 }), { nil: undefined }),
          }),
        },
        { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
        {
          weight: 2,
          arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 60_000 }) }),
        },
        { weight: 1, arbitrary: fc.record({ do: fc.constant('count' as const) }) },
      );
      fc.assert(
        fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
          evictions = [];
          const held = openWith({});
          const model = new Map<string, { value: string; bytes: number; until: number; asked: number }>();
          const settle = () => {
            for (const [, gone] of evictions.splice(0)) {
              expect(model.delete(gone)).toBe(true);
            }
          };
          for (const [at, todo] of steps.entries()) {
            if (todo.do === 'wait') now += todo.ms;
            if (todo.do === 'delete') {
              held.delete(todo.key);
              model.delete(todo.key);
            }
            if (todo.do === 'set') {
              const { bytes, ttlMs = LIMITS.ttlMs } = todo;
              held.set(todo.key, `v${at}`, bytes, todo.ttlMs);
              const life = Math.min(ttlMs, LIMITS.ttlMs);
              if (life > 0) model.set(todo.key, { value: `v${at}`, bytes, until: now + life, asked: now });
              else model.delete(todo.key);
              settle();
            }
            if (todo.do === 'get') {
              const kept = model.get(todo.key);
              const isAlive = kept && now < kept.until && now - kept.asked < LIMITS.ttiMs;
              expect(held.get(todo.key)).toBe(isAlive ? kept.value : undefined);
              if (isAlive) kept.asked = now;
              settle();
            }
            if (todo.do === 'count') {
              const entries = held.entries();
              const bytes = held.bytes();
              settle();
              expect(entries).toBe(model.size);
              expect(bytes).toBe([...model.values()].reduce((sum, kept) => sum + kept.bytes, 0));
              expect(entries).toBeLessThanOrEqual(LIMITS.maxEntries);
              expect(bytes).toBeLessThanOrEqual(LIMITS.maxBytes);
            }
          }
        }),
        { numRuns: 1_000 },
      );
    });
  });
}

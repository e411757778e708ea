import { describe, expect, it } from 'vitest';
import { noCounts } from '../../src/cache/counters.ts';
import { type CacheEntry, makeEntry } from '../../src/cache/entry.ts';
import { createFates } from '../../src/cache/fates.ts';
import { lruTier } from '../../src/cache/lru-tier.ts';
import { createResponseCache } from '../../src/cache/response-cache.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { fakeTier } from '../fakes/cache-tier.ts';
import { fakeClock } from '../fakes/clock.ts';

const DOWN = { state: 'down', detail: 'It refuses connections.' } as const;
const FULL = { state: 'full', detail: 'The disk is full.' } as const;
const READY = { state: 'ready', detail: '' } as const;
const NEVER = 1e9;
const entry = makeEntry({ text: 'Because.', promptTokens: 1, tokens: 2, seconds: 1, at: 0 });

function open(second = fakeTier()) {
  const clock = fakeClock();
  const counts = noCounts(0);
  const lines: Record<string, unknown>[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, ...fields });
  const logger: Logger = { debug: () => {}, info: at('info'), warn: at('warn'), error: at('error') };
  const limits = { maxEntries: 10, maxBytes: 1e6, ttlMs: NEVER, ttiMs: NEVER };
  const l1 = lruTier<CacheEntry>(limits, () => {}, clock.now);
  const fates = createFates(true, clock.now);
  const ttl = { l1: NEVER, l2: NEVER };
  const cache = createResponseCache({ l1, l2: second.tier, ttl, counts, fates, clock, logger });
  return { ...second, cache, counts, clock, lines };
}

describe('what the log says of the second tier', () => {
  it.each([DOWN, FULL])('one line where it is $state before anybody listens', (health) => {
    const { lines } = open(fakeTier(health));
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'the second tier of the cache does not work as it should',
        backend: 'redis',
        ...health,
      },
    ]);
  });

  it('one line where it is ready, and nothing while it is not known how it is', () => {
    expect(open().lines).toMatchObject([{ level: 'info', backend: 'redis', state: 'ready' }]);
    const { lines, become } = open(fakeTier({ state: 'connecting', detail: '' }));
    expect(lines).toEqual([]);
    become(READY);
    expect(lines).toMatchObject([{ level: 'info', state: 'ready' }]);
  });

  it('one line per change', async () => {
    const { cache, become, lines } = open();
    for (const health of [DOWN, FULL, READY]) {
      become(health);
      become(health);
      cache.keep('key', entry);
      await cache.find('another key');
    }
    expect(lines.filter(({ message }) => message !== 'cache_get_error')).toMatchObject([
      { level: 'info', state: 'ready' },
      { level: 'warn', state: 'down', detail: DOWN.detail },
      { level: 'warn', state: 'full' },
      { level: 'info', state: 'ready' },
    ]);
  });

  it('an error the first time that it gives nothing, and again only after it was well', async () => {
    const { cache, clock, become, lines } = open();
    const errors = () => lines.filter(({ level }) => level === 'error');
    become(DOWN);
    for (let n = 0; n < 5; n += 1) {
      await cache.find(`0123456789abcdef${n}`);
      clock.advance(NEVER);
    }
    const line = { level: 'error', message: 'cache_get_error', key: '0123456789abcdef', backend: 'redis' };
    expect(errors()).toEqual([{ ...line, error: DOWN.detail }]);
    become(READY);
    become(DOWN);
    await cache.find('0123456789abcdef');
    expect(errors()).toEqual([
      { ...line, error: DOWN.detail },
      { ...line, error: DOWN.detail, others: 4 },
    ]);
  });

  it('an error at most once a minute where what it gives is no answer', async () => {
    const { cache, clock, values, lines } = open();
    values.set('key', 'no answer');
    for (const ms of [0, 59_999, 1]) {
      clock.advance(ms);
      expect(await cache.find('key')).toBeUndefined();
    }
    const line = { level: 'error', message: 'cache_get_error', key: 'key', backend: 'redis' };
    const error = 'what it keeps is no answer';
    expect(lines.filter(({ level }) => level === 'error')).toEqual([
      { ...line, error },
      { ...line, error, others: 1 },
    ]);
  });
});

describe('what is counted of the second tier', () => {
  it('failures are errors, and neither misses nor answers that took no time', async () => {
    const { cache, counts, become, values } = open();
    cache.keep('key', entry);
    await cache.settled();
    await cache.clear('memory');
    await cache.find('key');
    await cache.find('never');
    become(DOWN);
    for (let n = 0; n < 100; n += 1) await cache.find('never');
    become(READY);
    values.set('bad', 'no answer');
    await cache.find('bad');
    expect(counts.l2).toMatchObject({ hits: 1, misses: 2, errors: 101, sets: 1 });
    expect(counts.l2.latencies.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(counts.l1.latencies.reduce((sum, count) => sum + count, 0)).toBe(103);
  });

  it('what leaves it by itself, by why', () => {
    const { counts, evict } = open();
    evict('ttl', 3);
    evict('bytes', 2);
    evict('ttl', 0);
    expect(counts.l2.evictions).toEqual({ capacity: 0, bytes: 2, ttl: 3, tti: 0 });
  });

  it('why an answer was missed', async () => {
    const { cache, clock, become } = open();
    expect(cache.whyMissed('key')).toBe('new');
    become(FULL);
    cache.keep('key', entry);
    await cache.settled();
    expect(cache.whyMissed('key')).toBe('failed');
    become(READY);
    cache.keep('key', entry, 100);
    await cache.settled();
    expect(cache.whyMissed('key')).toBe('room');
    clock.advance(100);
    expect(cache.whyMissed('key')).toBe('expired');
    await cache.clear('memory');
    expect(cache.whyMissed('key')).toBe('new');
  });
});

import { describe, expect, it } from 'vitest';
import { countAnswer, countBypass, countHit, noCounts } from '../../src/cache/counters.ts';
import {
  describeBypassed,
  describeCache,
  describeHitRate,
  describeTiers,
} from '../../src/chat/describe-cache.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { TierHealth } from '../../src/ports/cache-tier.ts';
import { cacheStatsOf } from '../../src/stats/cache-stats.ts';
import { statsOfCache } from '../fakes/cache-stats.ts';

/** A cache that has been in use for a while, with a second tier on Redis in this state. */
function used(health: TierHealth = { state: 'ready', detail: '' }, l2Entries: number | undefined = 1_200) {
  const counts = noCounts(0);
  for (let n = 0; n < 49; n += 1) countHit(counts);
  Object.assign(counts, { misses: 71, shared: 7, savedSeconds: 300, savedTokens: 12_345 });
  Object.assign(counts.l1, { hits: 30, misses: 90, sets: 71 });
  Object.assign(counts.l2, { sets: 71, errors: 1, evictions: { capacity: 0, bytes: 4, ttl: 5, tti: 0 } });
  for (let n = 0; n < 90; n += 1) countAnswer(counts.l2, n < 12, n === 0 ? 8 : 1.125);
  Object.assign(counts.l1.evictions, { capacity: 2, bytes: 1, ttl: 9, tti: 3 });
  for (let n = 0; n < 9; n += 1) countBypass(counts, 'temperature');
  for (let n = 0; n < 3; n += 1) countBypass(counts, 'rule');
  const tier = { ...health, backend: 'redis' } as const;
  const cache = {
    entries: () => ({ l1: 1, l1Bytes: 1_200_000, l2: l2Entries, l2Bytes: 5e6 }),
    l2: () => tier,
  };
  return cacheStatsOf(counts, cache, configSchema.parse({}).response_cache);
}

const plain = (lines: readonly string[]) => lines.map((line) => line.replaceAll('\u00a0', ' '));

describe('the cache, as people read it', () => {
  it('begins with the hit rate and why it is what it is', () => {
    expect(describeHitRate(used())).toBe('41\u00a0% of 120 questions');
    expect(plain(describeCache(used()))).toEqual([
      'It works well.',
      '49 hits: 30 from memory, 12 from redis, 7 of others who asked the same at once',
      'saved: 5 min and 12,345 tokens',
    ]);
  });

  it('says so before anything was asked, and where it is off', () => {
    expect(describeHitRate(statsOfCache())).toBe('nothing was asked yet');
    expect(plain(describeCache(statsOfCache()))).toContain('0 hits');
    const off = statsOfCache({ enabled: false, verdict: 'It is off.' });
    expect([describeHitRate(off), describeCache(off)]).toEqual(['off', ['It is off.']]);
  });

  it.each([
    ['down', 'redis is down: memory alone is used meanwhile'],
    ['connecting', 'redis is connecting: memory alone is used meanwhile'],
    ['full', 'redis is full: it gives answers, but takes no new ones'],
  ] as const)('says that its second tier is %s', (state, words) => {
    expect(describeCache(used({ state, detail: 'why' })).at(-1)).toBe(words);
  });

  it('tells of each tier, or of the one that is named', () => {
    const memory = 'memory: 1 answer, 1 MB; 30 of 120 found (25 %); 3 left for want of room; 12 expired';
    const redis =
      'redis: 1,200 answers, 5 MB; 12 of 90 found (13 %), 1.2 ms each, 99 % within 10 ms; 4 left for want of room; 5 expired; 1 error';
    expect(plain(describeTiers(used()))).toEqual([memory, redis]);
    expect(plain(describeTiers(used(), 'memory'))).toEqual([memory]);
    expect(plain(describeTiers(used(), 'redis'))).toEqual([redis]);
    const away = used({ state: 'down', detail: 'It refuses connections.' }, undefined);
    expect(
      plain(describeTiers({ ...away, l2: away.l2 && { ...away.l2, entries: null, bytes: null } }, 'redis')),
    ).toEqual([
      'redis: down; how many answers is not known; 12 of 90 found (13 %), 1.2 ms each, 99 % within 10 ms; 4 left for want of room; 5 expired; 1 error; It refuses connections.',
    ]);
    expect(describeTiers(statsOfCache())).toEqual(['memory: 0 answers; not asked yet']);
  });

  it('counts who did not ask it, by why', () => {
    expect(describeBypassed(used().bypassed)).toBe('9 (a high temperature), 3 (a rule)');
    expect(describeBypassed(statsOfCache().bypassed)).toBe('');
  });
});

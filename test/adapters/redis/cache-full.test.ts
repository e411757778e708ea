import { Redis } from 'ioredis';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { reaches } from '../../contract/cache-tier-contract.ts';
import type { RedisServer } from '../../servers/redis.ts';
import { atOnce, NEVER, openRedis, watchedTier, works } from './cache-watched.ts';

/** How often a tier looks, where a test is about that. In milliseconds. */
const OFTEN = 10;
const MEGABYTE = 2 ** 20;

describe('a cache whose Redis is full', () => {
  let server: RedisServer;
  let plain: Redis;
  beforeEach(async () => {
    server = await openRedis();
    plain = new Redis(server.url);
    onTestFinished(() => plain.disconnect());
    // Made within Redis: what a client sends takes memory, too, and for a while only.
    await plain.setrange('beside', 20 * MEGABYTE, 'x');
  });

  const field = async (name: string) =>
    Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(await plain.info('memory'))?.[1]);
  /** Gives Redis so much memory that what is in it takes this share. */
  async function limit(share: number, policy: string): Promise<void> {
    await plain.config('SET', 'maxmemory-policy', policy);
    await plain.config('SET', 'maxmemory', Math.floor((await field('used_memory')) / share));
  }
  const noLimit = () => plain.config('SET', 'maxmemory', 0);

  it('reads on and takes nothing more until it has memory again', async () => {
    const { tier, told, states } = watchedTier({ url: server.url, lookMs: OFTEN });
    await reaches(tier, 'ready');
    await works(tier);
    // This policy throws out only what has a lifetime: there is nothing of that kind.
    await limit(1.5, 'volatile-lru');
    expect(await tier.set('key', 'value', undefined)).toBe(false);
    expect(tier.health()).toEqual({ state: 'full', detail: `Redis at ${server.url} has no memory left.` });
    expect(await atOnce(tier.set('key', 'value', undefined))).toBe(false);
    expect(await tier.get('works')).toMatchObject({ kind: 'hit' });
    expect(await tier.delete('works')).toBe(true);
    await noLimit();
    await reaches(tier, 'ready');
    await works(tier);
    expect(states()).toEqual(['ready', 'full', 'ready']);
    expect(told.at(-1)?.detail).toBe('');
  });

  it('leaves the rest to the queue beyond 70 % of a memory that nothing is thrown out of', async () => {
    const { tier, states } = watchedTier({ url: server.url, lookMs: OFTEN });
    await reaches(tier, 'ready');
    await works(tier);
    await limit(0.8, 'noeviction');
    await reaches(tier, 'full');
    expect(tier.health().detail).toMatch(/nearly full.*others/);
    expect(await atOnce(tier.set('key', 'value', undefined))).toBe(false);
    expect(await tier.get('works')).toMatchObject({ kind: 'hit' });
    await plain.del('beside');
    await reaches(tier, 'ready');
    await works(tier);
    expect(states()).toEqual(['ready', 'full', 'ready']);
  });

  it('knows so before it takes the first value', async () => {
    await limit(0.8, 'noeviction');
    const { tier, states } = watchedTier({ url: server.url });
    await reaches(tier, 'full');
    expect(states()).toEqual(['full']);
  });

  it('looks again when it has written much, not with every value', async () => {
    await limit(0.6, 'noeviction');
    const { tier, states } = watchedTier({ url: server.url, lookMs: NEVER });
    await reaches(tier, 'ready');
    await plain.config('RESETSTAT');
    const value = 'x'.repeat(10_000);
    let written = 0;
    while (await tier.set(`key${written}`, value, undefined)) written += 1;
    expect(states()).toEqual(['ready', 'full']);
    expect((await field('used_memory')) / (await field('maxmemory'))).toBeLessThan(0.75);
    const looks = /cmdstat_info:calls=(\d+)/.exec(await plain.info('commandstats'))?.[1];
    expect(Number(looks)).toBeLessThan(written / 10);
  });

  it('is never full where Redis throws out what is old', async () => {
    await limit(0.9, 'allkeys-lru');
    const { tier, states } = watchedTier({ url: server.url, lookMs: OFTEN });
    await reaches(tier, 'ready');
    const value = 'x'.repeat(MEGABYTE);
    for (let n = 0; n < 30; n += 1) expect(await tier.set(`key${n}`, value, undefined)).toBe(true);
    expect(states()).toEqual(['ready']);
  });

  it('is a replica that may not be written, and becomes the first one', async () => {
    const { tier, states } = watchedTier({ url: server.url, lookMs: OFTEN });
    await reaches(tier, 'ready');
    await works(tier);
    await plain.call('REPLICAOF', '127.0.0.1', '1');
    while (await tier.set('key', 'value', undefined)) await new Promise(setImmediate);
    expect(tier.health()).toMatchObject({
      state: 'full',
      detail: expect.stringMatching(/does not take writes/),
    });
    await plain.call('REPLICAOF', 'NO', 'ONE');
    await reaches(tier, 'ready');
    await works(tier);
    expect(states()).toEqual(['ready', 'full', 'ready']);
  });
});

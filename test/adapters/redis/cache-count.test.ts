import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reaches } from '../../contract/cache-tier-contract.ts';
import { NEVER, openRedis, watchedTier } from './cache-watched.ts';

/** How often a tier looks where a test is about that: it counts with every 120th look. In milliseconds. */
const OFTEN = 2;
const MEGABYTE = 2 ** 20;

async function open(lookMs: number) {
  const server = await openRedis();
  const plain = new Redis(server.url);
  plain.on('error', () => undefined);
  onTestFinished(() => plain.disconnect());
  const { tier } = watchedTier({ url: server.url, lookMs });
  const left = { capacity: 0, bytes: 0, ttl: 0, tti: 0 };
  tier.onEviction((reason, times) => {
    left[reason] += times;
  });
  await reaches(tier, 'ready');
  await until(() => tier.entries() !== undefined);
  return { server, plain, tier, left };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

describe('what has left a cache on Redis by itself', () => {
  it('is noticed when it is counted: what has expired', async () => {
    const { tier, left } = await open(OFTEN);
    for (let n = 0; n < 10; n += 1) await tier.set(`short${n}`, 'value', 1);
    await tier.set('long', 'value', undefined);
    await until(() => left.ttl === 10);
    expect(left).toEqual({ capacity: 0, bytes: 0, ttl: 10, tti: 0 });
    expect(tier.entries()).toBe(1);
  });

  it('and what Redis threw out for want of memory', async () => {
    const { plain, tier, left } = await open(OFTEN);
    await plain.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await plain.config('SET', 'maxmemory', 8 * MEGABYTE);
    for (let n = 0; n < 30; n += 1) await tier.set(`key${n}`, 'x'.repeat(MEGABYTE), undefined);
    await until(() => left.bytes > 0 && left.bytes + (tier.entries() ?? 0) === 30);
    expect(left.ttl).toBe(0);
  });

  it('is not mistaken for what was deleted or cleared, or was lost with Redis', async () => {
    const { server, tier, left } = await open(OFTEN);
    for (let n = 0; n < 10; n += 1) await tier.set(`key${n}`, 'value', undefined);
    await tier.delete('key1');
    await tier.clear();
    for (let n = 0; n < 10; n += 1) await tier.set(`key${n}`, 'value', undefined);
    await server.kill();
    await reaches(tier, 'down');
    await server.restart();
    await reaches(tier, 'ready');
    await until(() => tier.entries() === 0);
    expect(left).toEqual({ capacity: 0, bytes: 0, ttl: 0, tti: 0 });
  });
});

describe('how much a cache on Redis takes', () => {
  it('is known from what was written and read, without a question', async () => {
    const { plain, tier } = await open(NEVER);
    expect(tier.bytes()).toBe(0);
    await tier.set('one', 'x'.repeat(1_000), undefined);
    await tier.set('other', 'ä'.repeat(1_000), undefined);
    expect(tier.bytes()).toBe(3_000);
    const { tier: next } = watchedTier({ url: `redis://${plain.options.host}:${plain.options.port}` });
    await reaches(next, 'ready');
    await until(() => next.entries() === 2);
    expect(next.bytes()).toBeUndefined();
    await next.get('other');
    expect(next.bytes()).toBe(4_000);
  });
});

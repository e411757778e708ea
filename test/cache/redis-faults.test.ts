import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulatedOllama, temporaryFolder, testOstler } from '../servers/ostler.ts';
import { asks, houseOn, openRedis } from './redis-house.ts';

/** So long that no test waits for it. In milliseconds. */
const NEVER = 600_000;
/** A deadline that passes in these tests. */
const SOON = 100;

describe('a house whose cache is on a Redis', () => {
  it('that is down at the start answers, and uses it once it has come', async () => {
    const redis = await openRedis();
    await redis.kill();
    const { ask, reaches, hasTaken, told, stats, clear } = await houseOn(redis.url, {
      connect_timeout_ms: NEVER,
    });
    expect([await ask('one?'), await ask('one?')]).toEqual(['local', 'cache']);
    await reaches('down');
    expect(await stats()).toContain('redis is down: memory alone is used meanwhile');
    await redis.restart();
    await reaches('ready');
    expect(await ask('two?')).toBe('local');
    await hasTaken(1);
    expect(await clear('memory')).toEqual({ complete: true });
    expect([await ask('two?'), await ask('one?')]).toEqual(['cache', 'local']);
    expect(told()).toEqual(['down', 'ready']);
  });

  it('that is killed again and again: answers flow, and one line tells of each change', async () => {
    const redis = await openRedis();
    // No deadline is in reach: where somebody waited for Redis, they would wait for ever.
    const never = { connect_timeout_ms: NEVER, operation_timeout_ms: NEVER };
    const { ask, reaches, told, errors, stats, health, metrics } = await houseOn(redis.url, never);
    await reaches('ready');
    for (let round = 0; round < 2; round += 1) {
      expect(await ask(`before ${round}?`)).toBe('local');
      const meanwhile = Array.from({ length: 5 }, (_, n) => ask(`meanwhile ${round} ${n}?`, chat(n)));
      await redis.kill();
      expect(await Promise.all(meanwhile)).toEqual(Array(5).fill('local'));
      expect(await ask(`before ${round}?`)).toBe('cache');
      expect(await ask(`after ${round}?`)).toBe('local');
      await reaches('down');
      expect(await ask(`long after ${round}?`)).toBe('local');
      expect(await stats()).toContain('redis is down');
      const degraded = {
        code: 200,
        status: 'degraded',
        l2_healthy: false,
        l2_configured: true,
        fully_healthy: false,
      };
      expect(await health()).toMatchObject({ ...degraded, l1_healthy: true, l2: 'down', store: 'ready' });
      expect(await metrics()).toContain('ostler_cache_healthy{tier="l2"} 0\n');
      await redis.restart();
      await reaches('ready');
      expect(await stats()).not.toContain('redis is');
      expect(await health()).toMatchObject({
        code: 200,
        status: 'ok',
        l2_healthy: true,
        fully_healthy: true,
      });
    }
    expect(told()).toEqual(['ready', 'down', 'ready', 'down', 'ready']);
    expect(errors().filter((message) => message !== 'cache_get_error')).toEqual([]);
    expect(errors().length).toBeLessThanOrEqual(4);
  });

  it('that stalls: answers come while it stands still, and nobody waits for it twice', async () => {
    const redis = await openRedis();
    const { ostler, ask, reaches, told, errors, stats } = await houseOn(redis.url, {
      operation_timeout_ms: SOON,
    });
    await reaches('ready');
    expect(await ask('before?')).toBe('local');
    redis.pause();
    // It stands still all the time: these are not its answers.
    const all = await Promise.all(Array.from({ length: 5 }, (_, n) => ask(`${n}?`, chat(n))));
    expect(all).toEqual(Array(5).fill('local'));
    await reaches('down');
    const { latency, errors: before } = secondTier(ostler);
    expect([await ask('after?'), await ask('after?')]).toEqual(['local', 'cache']);
    expect(await stats()).toContain('redis is down');
    const { latency: then, errors: since } = secondTier(ostler);
    // They were refused at once: no answer that took any time, and both the look and the write are known to have failed.
    expect(then).toEqual(latency);
    expect(since).toBeGreaterThan(before);
    redis.resume();
    await reaches('ready');
    expect(await ask('at last?')).toBe('local');
    expect(told()).toEqual(['ready', 'down', 'ready']);
    expect(errors().every((message) => message === 'cache_get_error')).toBe(true);
  });

  it('that is full: it gives what it has, and answers flow', async () => {
    const redis = await openRedis();
    const { ask, reaches, hasTaken, told, stats, clear, health } = await houseOn(redis.url);
    await reaches('ready');
    expect(await ask('before?')).toBe('local');
    await hasTaken(1);
    await redis.plain.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.plain.config('SET', 'maxmemory', 1);
    expect(await ask('meanwhile?')).toBe('local');
    await reaches('full');
    expect(await stats()).toContain('redis is full: it gives answers, but takes no new ones');
    expect(await health()).toMatchObject({ code: 200, status: 'degraded', l2: 'full', l2_healthy: false });
    expect(await clear('memory')).toEqual({ complete: true });
    expect([await ask('before?'), await ask('meanwhile?')]).toEqual(['cache', 'local']);
    await redis.plain.config('SET', 'maxmemory', 0);
    await reaches('ready');
    expect(await ask('after?')).toBe('local');
    await hasTaken(2);
    await clear('memory');
    expect(await ask('after?')).toBe('cache');
    expect(told()).toEqual(['ready', 'full', 'ready']);
  });

  it('that is away is not said to be clear, and gives nothing that was cleared when it is back', async () => {
    const redis = await openRedis();
    const { ask, reaches, clear } = await houseOn(redis.url, { operation_timeout_ms: SOON });
    await reaches('ready');
    await ask('one?');
    redis.pause();
    await ask('two?');
    await reaches('down');
    expect(await clear()).toEqual({ complete: false, words: expect.stringMatching(/redis .*it is down/) });
    expect(await clear('redis')).toMatchObject({ error: { code: 'unreachable' } });
    redis.resume();
    await reaches('ready');
    expect(await ask('one?')).toBe('local');
    expect(await clear()).toEqual({ complete: true });
    expect(await redis.plain.keys('*')).toEqual([]);
  });
});

describe('a house whose cache is on a file', () => {
  it('that cannot be opened says so once, and answers', async () => {
    const data_dir = await temporaryFolder();
    await mkdir(join(data_dir, 'cache.db'));
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, {
      data_dir,
      response_cache: {},
      llm: { routing: { default: 'qwen2.5:7b' }, options: { temperature: 0 } },
    });
    const { ask, told, stats } = asks(ostler);
    for (let n = 0; n < 3; n += 1) expect(await ask(`${n}?`)).toBe('local');
    expect(told()).toEqual(['down']);
    expect(await stats()).toContain('sqlite is down: memory alone is used meanwhile');
  });
});

const chat = (n: number) => ({ address: { platform: 'web', chat: `c${n}` } });

function secondTier({ front }: { readonly front: { cacheStats(): { readonly l2: unknown } } }) {
  return front.cacheStats().l2 as { readonly latency: unknown; readonly errors: number };
}

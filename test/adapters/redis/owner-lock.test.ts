import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis, type RedisConnection } from '../../../adapters/redis/connect.ts';
import { takeRedisOwnership } from '../../../adapters/redis/owner-lock.ts';
import { type RedisServer, startRedis } from '../../servers/redis.ts';

describe('a prefix on Redis has one owner', () => {
  let server: RedisServer;
  let redis: RedisConnection;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.dispose());
  beforeEach(async () => {
    redis = await connectRedis({ url: server.url, prefix: `test-${randomUUID()}` });
  });
  afterEach(() => redis.close());

  const lost = () => {
    throw new Error('The lock was lost.');
  };

  it('refuses a second owner once the first has shown that it lives', async () => {
    const first = await takeRedisOwnership(redis, { lockMs: 600, onLost: lost });
    await expect(takeRedisOwnership(redis, { lockMs: 600, onLost: lost })).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringContaining('Another Ostler runs'),
    });
    expect(first.isHeld()).toBe(true);
    await first.release();
    expect(first.isHeld()).toBe(false);
    const second = await takeRedisOwnership(redis, { lockMs: 600, onLost: lost });
    await second.release();
  });

  it('takes over from an owner that was killed when its lock has run out', async () => {
    await redis.client.set(`${redis.prefix}owner`, 'a killed process', 'PX', 300);
    const owner = await takeRedisOwnership(redis, { lockMs: 600, onLost: lost });
    expect(owner.isHeld()).toBe(true);
    await owner.release();
  });

  it('lets two prefixes have two owners', async () => {
    const other = await connectRedis({ url: server.url, prefix: `test-${randomUUID()}` });
    const owners = [
      await takeRedisOwnership(redis, { onLost: lost }),
      await takeRedisOwnership(other, { onLost: lost }),
    ];
    expect(owners.map((owner) => owner.isHeld())).toEqual([true, true]);
    for (const owner of owners) await owner.release();
    other.close();
  });

  it('tells once when another has the lock, and leaves that one alone', async () => {
    const told = Promise.withResolvers<void>();
    const owner = await takeRedisOwnership(redis, { lockMs: 300, onLost: told.resolve });
    await redis.client.set(`${redis.prefix}owner`, 'another', 'PX', 60_000);
    await told.promise;
    expect(owner.isHeld()).toBe(false);
    await owner.release();
    expect(await redis.client.get(`${redis.prefix}owner`)).toBe('another');
  });

  it('is not sure of its lock while Redis is silent for longer than a lock, and goes on afterwards', async () => {
    const owner = await takeRedisOwnership(redis, { lockMs: 300, onLost: lost });
    const isNow = async (held: boolean) => {
      while (owner.isHeld() !== held) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    server.pause();
    await isNow(false);
    server.resume();
    await isNow(true);
    await owner.release();
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis, type RedisConnection } from '../../adapters/redis/connect.ts';
import { bullId, type ParkingLot, parkingLot } from '../../adapters/redis/parking-lot.ts';
import { redisQueue } from '../../adapters/redis/queue.ts';
import { createReplace } from '../../adapters/redis/replace.ts';
import type { Queue } from '../../src/ports/queue.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';
import { begin, edited, heldProcessor, jobNamed, testOver, watch } from './queue-fixtures.ts';

describe('a replacement on a Redis in trouble', () => {
  let server: RedisServer;
  let redis: RedisConnection;
  let queue: Queue;
  let processor: ReturnType<typeof heldProcessor>;
  let lot: ParkingLot;
  const key = (part: string) => `ostler:queue:${part}`;
  beforeEach(async () => {
    server = await startRedis();
    redis = await connectRedis({ url: server.url, answerWithinMs: 1_500 });
    processor = heldProcessor();
    queue = await redisQueue(redis, { concurrency: 5 })(processor.process);
    lot = parkingLot(redis, key);
    for (const id of ['a', 'b']) await queue.add(jobNamed(id));
  });
  afterEach(async () => {
    server.resume();
    await queue.close(0, testOver);
    redis.close();
    await server.dispose();
  });
  const texts = async () => (await queue.jobs()).map(({ job }) => job.message.text);

  it('is refused where no answer comes, and is not made afterwards', async () => {
    const seen = watch(queue);
    server.pause();
    const late = { status: 'rejected', reason: { code: 'storage', retryable: true } };
    const calls = ['a', 'b'].map((id) => queue.replace(id, edited(id, 'too late')));
    expect(await Promise.allSettled(calls)).toMatchObject([late, late]);
    server.resume();
    expect(await queue.replace('b', edited('b', 'in time'))).toBe(true);
    expect(await texts()).toEqual([jobNamed('a').message.text, 'in time']);
    expect(seen.names()).toEqual(['changed b']);
  });

  it('gives the same answer when it is sent again after its job has begun', async () => {
    const found = await lot.find('a');
    if (!found) throw new Error('The job is missing.');
    const changed = { ...found, job: { ...found.job, ...edited('a', 'new') } };
    expect(await lot.change(found, changed)).toBe('changed');
    const run = await begin(queue, processor, 'a');
    expect(run.job.message.text).toBe('new');
    expect(await lot.change(found, changed)).toBe('changed');
    const other = { ...found, job: { ...found.job, ...edited('a', 'newer') } };
    expect(await lot.change(found, other)).toBe('gone');
  });

  it('keeps what else became of its job since it was read', async () => {
    let finds = 0;
    const replace = createReplace({
      lot: {
        async find(id) {
          const found = await lot.find(id);
          finds += 1;
          // A delivery that was no start, between the first look and the change.
          const since = JSON.stringify({ job: found?.job, unstarted: 7 });
          if (finds === 1) await redis.client.hset(key(bullId(id)), 'data', since);
          return found;
        },
        change: lot.change,
      },
      runs: new Map(),
      promoting: new Map(),
      emit: () => undefined,
    });
    expect(await replace('a', edited('a', 'new'), () => undefined)).toBe(true);
    expect(await lot.find('a')).toMatchObject({ unstarted: 7, job: edited('a', 'new') });
    expect(finds).toBe(2);
  });
});

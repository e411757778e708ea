import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { connectRedis, type RedisConnection } from '../../../adapters/redis/connect.ts';
import { redisQueue } from '../../../adapters/redis/queue.ts';
import { redisStore } from '../../../adapters/redis/store.ts';
import type { OstlerError } from '../../../src/errors.ts';
import type { Queue } from '../../../src/ports/queue.ts';
import { begin, heldProcessor, jobNamed, listed, testOver, watch } from '../../contract/queue-fixtures.ts';
import { type RedisServer, startRedis } from '../../servers/redis.ts';

const late = { code: 'storage', retryable: true };

describe('the queue on a Redis in trouble', () => {
  let server: RedisServer;
  let redis: RedisConnection;
  let queue: Queue;
  let processor: ReturnType<typeof heldProcessor>;
  let errors: OstlerError[];
  beforeEach(async () => {
    server = await startRedis({ appendOnly: true });
    errors = [];
    redis = await connectRedis({
      url: server.url,
      answerWithinMs: 1_500,
      onError: (error) => errors.push(error),
    });
    processor = heldProcessor();
    queue = await redisQueue(redis, { concurrency: 5, lockMs: 2_000, stallMs: 500 })(processor.process);
  });
  afterEach(async () => {
    server.resume();
    await queue.close(0, testOver);
    redis.close();
    await server.dispose();
  });

  it('keeps everything under its prefix', async () => {
    await queue.add(jobNamed('a'));
    (await begin(queue, processor, 'a')).finish('again');
    const keys = await redis.client.keys('*');
    expect(keys.filter((key) => !key.startsWith('ostler:queue'))).toEqual([]);
    expect(keys).toContain('ostler:queue:job-a');
  });

  it('refuses an add that gets no answer, and tells of the job if it was taken after all', async () => {
    const seen = watch(queue);
    server.pause();
    const adds = Promise.allSettled(['a', 'b'].map((id) => queue.add(jobNamed(id))));
    expect(await adds).toMatchObject([{ reason: late }, { reason: late }]);
    await expect(queue.jobs()).rejects.toMatchObject(late);
    server.resume();
    await seen.told('added', 'a');
    expect(await queue.add(jobNamed('a'))).toBe('duplicate');
    expect(await queue.add(jobNamed('b'))).toBe('added');
    expect(await listed(queue)).toEqual(['a waiting 0', 'b waiting 0']);
  });

  it('comes back by itself after Redis was killed, with every job and every run', async () => {
    const seen = watch(queue);
    for (const id of ['ends', 'goes-on', 'waits']) await queue.add(jobNamed(id));
    const ends = await begin(queue, processor, 'ends');
    await begin(queue, processor, 'goes-on');
    await server.kill();
    ends.finish('done');
    await expect(queue.add(jobNamed('sent'))).rejects.toMatchObject(late);
    await server.restart();
    await seen.told('ended', 'ends');
    await seen.told('added', 'sent');
    expect(await listed(queue)).toEqual(['goes-on running 1', 'waits waiting 0', 'sent waiting 0']);
    await begin(queue, processor, 'waits');
    expect(processor.begun.map(({ job }) => job.id)).toEqual(['ends', 'goes-on', 'waits']);
    expect(errors.every(({ code }) => code === 'storage')).toBe(true);
  });

  it('runs a job once that BullMQ hands over a second time because its lock was lost', async () => {
    const seen = watch(queue);
    await queue.add(jobNamed('a'));
    const run = await begin(queue, processor, 'a');
    const delivered = async () => Number(await redis.client.hget('ostler:queue:job-a', 'ats'));
    while ((await delivered()) < 2) {
      await redis.client.del('ostler:queue:job-a:lock');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await queue.promote('a')).toBe(false);
    expect(processor.begun).toHaveLength(1);
    run.finish('done');
    await seen.told('ended', 'a');
    expect(await queue.jobs()).toEqual([]);
    expect(seen.names()).toEqual(['added a', 'ended a']);
  });

  it('removes a job that is cancelled before it came back from a killed process', async () => {
    await queue.add(jobNamed('a'));
    await queue.close(0, testOver);
    await redis.client.zrem('ostler:queue:delayed', 'job-a');
    await redis.client.lpush('ostler:queue:active', 'job-a');
    queue = await redisQueue(redis, { concurrency: 5, lockMs: 2_000, stallMs: 500 })(processor.process);
    const seen = watch(queue);
    expect(await listed(queue)).toEqual(['a running 0']);
    expect(await queue.cancel('a', 'unwanted')).toBe('aborting');
    await seen.told('ended', 'a');
    expect(await queue.jobs()).toEqual([]);
    expect(processor.begun).toEqual([]);
  });

  it('ends a running job that a flushed Redis has forgotten', async () => {
    const seen = watch(queue);
    await queue.add(jobNamed('a'));
    const run = await begin(queue, processor, 'a');
    await redis.client.flushall();
    run.finish('done');
    await seen.told('ended', 'a');
    expect(await queue.add(jobNamed('a'))).toBe('added');
  });

  it('closes in bounded time when Redis is gone', async () => {
    await queue.add(jobNamed('a'));
    await begin(queue, processor, 'a');
    await server.kill();
    await queue.close(0, testOver);
    await server.restart();
  });
});

describe('the store on a Redis in trouble', () => {
  it('refuses within bounded time while Redis is silent or gone, and works when it is back', async () => {
    const server = await startRedis({ appendOnly: true });
    onTestFinished(() => server.dispose());
    const store = await redisStore({ url: server.url, answerWithinMs: 1_500 });
    onTestFinished(() => store.close());
    await store.set('key', 1);
    server.pause();
    await expect(store.get('key')).rejects.toMatchObject(late);
    server.resume();
    expect(await store.get('key')).toBe(1);
    await server.kill();
    await expect(store.set('key', 2)).rejects.toMatchObject(late);
    await expect(store.update('key', () => 3)).rejects.toMatchObject(late);
    await server.restart();
    const read = () => store.get('key').catch(() => undefined);
    let value = await read();
    while (value === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      value = await read();
    }
    expect(value).toBe(1);
  });
});

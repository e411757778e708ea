import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { connectRedis } from '../../adapters/redis/connect.ts';
import { redisLog } from '../../adapters/redis/log.ts';
import { redisQueue } from '../../adapters/redis/queue.ts';
import { redisRates } from '../../adapters/redis/rates.ts';
import { redisStore } from '../../adapters/redis/store.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';
import { startChild } from './children.ts';
import { logContract } from './log-contract.ts';
import { type QueueHome, queueContract } from './queue-contract.ts';
import { queueCrash } from './queue-crash.ts';
import { queueModel } from './queue-model.ts';
import { ratesContract } from './rates-contract.ts';
import { storeContract } from './store-contract.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server?.dispose());

/** Every test has the server to itself under a prefix of its own. */
const place = () => ({ url: server.url, prefix: `test-${randomUUID()}:` });

async function makeQueueHome(): Promise<QueueHome> {
  const { url, prefix } = place();
  const redis = await connectRedis({ url, prefix });
  return {
    open: redisQueue(redis, { concurrency: 50, lockMs: 2_000, stallMs: 500 }),
    startChild: () => startChild('./queue.child.ts', 'redis', url, prefix),
    dispose: async () => redis.close(),
  };
}

queueContract('The Redis queue', makeQueueHome);
queueModel('The Redis queue', makeQueueHome, 20);
queueCrash('The Redis queue', makeQueueHome, 8);

storeContract('The Redis store', async () => {
  const options = place();
  const [store, other] = [await redisStore(options), await redisStore(options)];
  return {
    store,
    other,
    async elapse(ms) {
      // A value that was set before this one with the same lifetime is gone when this one is.
      await store.set('elapsing', true, ms);
      while ((await store.get('elapsing')) !== undefined) await pause(5);
    },
    async dispose() {
      store.close();
      other.close();
    },
  };
});

logContract('The Redis log', async () => {
  const options = place();
  const [one, two] = [await connectRedis(options), await connectRedis(options)];
  const log = redisLog(one);
  return {
    log,
    other: redisLog(two),
    async elapse(ms) {
      // A stream that was appended to before this one with the same lifetime is gone when this one is.
      await log.append('elapsing', 'e', true, { entries: 1, ttlMs: ms });
      while (await log.find('elapsing', 'e')) await pause(5);
    },
    async dispose() {
      one.close();
      two.close();
    },
  };
});

ratesContract('Rates on Redis', async () => {
  const connection = await connectRedis(place());
  return { rates: redisRates(connection), dispose: async () => connection.close() };
});

import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { redisCacheTier } from '../../adapters/redis/cache-tier.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';
import { cacheTierContract } from './cache-tier-contract.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server?.dispose());

cacheTierContract('The cache on Redis', async () => {
  // Signs that mean something in a pattern: what is cleared is found by one.
  const prefix = `test-[${randomUUID()}]*:`;
  // Deadlines have tests of their own: here a machine may be slow.
  const options = { url: server.url, namespace: `${prefix}cache`, connectMs: 20_000, operationMs: 20_000 };
  const plain = new Redis(server.url);
  const beside = [`${prefix}cached:key`, `${prefix}queue:jobs`, `${prefix.replace('*', 'x')}cache:key`];
  return {
    tier: redisCacheTier(options),
    other: redisCacheTier(options),
    async putBeside() {
      for (const key of beside) await plain.set(key, 'beside');
    },
    isBeside: async () => (await plain.exists(beside)) === beside.length,
    async putForeign(key, text) {
      await plain.set(`${prefix}cache:${key}`, text);
    },
    async dispose() {
      plain.disconnect();
    },
  };
});

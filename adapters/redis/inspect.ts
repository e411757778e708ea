import type { RedisFacts } from '../../src/check.ts';
import type { RedisConnection } from './connect.ts';

/** What the operator should know of a Redis that keeps the queue. */
export async function inspectRedis({ client, call }: RedisConnection): Promise<RedisFacts> {
  const info = await call(() => client.info());
  const value = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';
  return {
    version: value('redis_version'),
    appendOnly: value('aof_enabled') === '1',
    maxmemoryPolicy: value('maxmemory_policy'),
  };
}

import { join } from 'node:path';
import type { NewJob } from '../src/path/job.ts';
import type { OpenQueue } from '../src/ports/queue.ts';

export type OpenedQueue = { readonly open: OpenQueue; close(): void };
export type QueueKind = 'sqlite' | 'redis';

/** A queue with everything that it needs, imports included. `place`: a folder, or the address of a Redis. */
export async function openStorage(kind: QueueKind, place: string): Promise<OpenedQueue> {
  if (kind === 'sqlite') {
    const { openDatabase } = await import('../adapters/sqlite/open-database.ts');
    const { sqliteQueue } = await import('../adapters/sqlite/queue.ts');
    const database = openDatabase(join(place, 'ostler.db'));
    return { open: sqliteQueue(database), close: database.close };
  }
  const { connectRedis } = await import('../adapters/redis/connect.ts');
  const { redisQueue } = await import('../adapters/redis/queue.ts');
  const redis = await connectRedis({ url: place });
  return { open: redisQueue(redis, { concurrency: 32 }), close: redis.close };
}

/** A short question in a chat of its own. */
export function makeJob(id: string, model: string): NewJob {
  const now = Date.now();
  return {
    id,
    conversation: `bench:${id}`,
    message: {
      id,
      address: { platform: 'bench', chat: id },
      person: { id: 'bench' },
      kind: 'direct',
      text: `What is ${id}?`,
      images: [],
      sentAt: now,
    },
    route: { model, by: 'default', reason: 'It is the default.', standalone: false },
    enqueuedAt: now,
    deadlineAt: now + 1_800_000,
  };
}

import type { Config } from '../../src/config/schema.ts';
import type { OstlerError } from '../../src/errors.ts';
import type { Storage } from '../../src/ports/storage.ts';
import { connectRedis } from './connect.ts';
import { redisLog } from './log.ts';
import { takeRedisOwnership } from './owner-lock.ts';
import { redisQueue } from './queue.ts';
import { redisRates } from './rates.ts';
import { redisStore } from './store.ts';

/** More models than these are in no Ollama's memory at once; the loop decides how many answer. */
const MOST_MODELS = 32;
/** How often stalled jobs are looked for. */
const STALLS_PER_LOCK = 3;

type Options = {
  /** Answers at once from one model. */
  readonly parallel: number;
  readonly onError: (error: OstlerError) => void;
  /** Another process owns it now. */
  readonly onLost: () => void;
};

/** A Redis that this process owns from now on. Throws an OstlerError that says what to do. */
export async function openRedisStorage(
  redis: Config['redis'],
  { parallel, onError, onLost }: Options,
): Promise<Storage> {
  const options = { ...redis, onError };
  const lockMs = redis.lock_seconds * 1_000;
  const connection = await connectRedis(options);
  const ownership = await takeRedisOwnership(connection, { lockMs, onLost }).catch((error: unknown) => {
    connection.close();
    throw error;
  });
  try {
    const store = await redisStore(options);
    return {
      openQueue: redisQueue(connection, {
        concurrency: parallel * MOST_MODELS,
        lockMs,
        stallMs: lockMs / STALLS_PER_LOCK,
      }),
      store,
      log: redisLog(connection),
      rates: redisRates(connection),
      isOwner: ownership.isHeld,
      async close() {
        try {
          await ownership.release();
        } finally {
          store.close();
          connection.close();
        }
      },
    };
  } catch (error) {
    await ownership.release();
    connection.close();
    throw error;
  }
}

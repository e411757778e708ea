import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { OstlerError } from '../../src/errors.ts';
import type { RedisConnection } from './connect.ts';

/** The remaining lifetime is read with this error; a renewal makes it grow by a third of the lock. */
const clockSlackMs = 20;

const renewScript = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

export type RedisOwnership = {
  /** Whether the lock is certain to be ours right now: false while Redis was silent for a lock's time. */
  isHeld(): boolean;
  release(): Promise<void>;
};

export type RedisOwnershipOptions = {
  /** How long a killed owner blocks the next one. */
  readonly lockMs?: number;
  /** Another owner has the lock: stop working on the queue. Called once. */
  readonly onLost: () => void;
};

/**
 * Makes this process the one that uses the prefix on this Redis. Throws OstlerError 'storage' as soon as
 * another owner shows that it lives, at the latest after one lock's time.
 */
export async function takeRedisOwnership(
  { client, prefix, call, report }: RedisConnection,
  { lockMs = 15_000, onLost }: RedisOwnershipOptions,
): Promise<RedisOwnership> {
  const key = `${prefix}owner`;
  const token = randomUUID();
  let heldUntil = 0;
  let over = false;
  let timer: NodeJS.Timeout | undefined;

  async function take(): Promise<void> {
    const giveUpAt = performance.now() + lockMs + clockSlackMs;
    let remaining = Infinity;
    for (;;) {
      const askedAt = performance.now();
      if (await call(() => client.set(key, token, 'PX', Math.ceil(lockMs), 'NX'))) {
        heldUntil = askedAt + lockMs;
        return;
      }
      const left = await call(() => client.pttl(key));
      if (left > remaining + clockSlackMs || performance.now() >= giveUpAt) throw runsAlready();
      remaining = left;
      await pause(Math.max(1, Math.min(left + 1, lockMs / 10)));
    }
  }

  async function renew(): Promise<void> {
    const askedAt = performance.now();
    try {
      const renewed = await call(() => client.eval(renewScript, 1, key, token, Math.ceil(lockMs)));
      if (over) return;
      if (renewed !== 1) {
        over = true;
        onLost();
        return;
      }
      heldUntil = askedAt + lockMs;
    } catch (error) {
      report(error);
    }
    schedule();
  }

  function schedule(): void {
    if (over) return;
    timer = setTimeout(() => void renew(), lockMs / 3).unref();
  }

  await take();
  schedule();
  return {
    isHeld: () => !over && performance.now() < heldUntil,
    async release() {
      if (over) return;
      over = true;
      clearTimeout(timer);
      await call(() => client.eval(releaseScript, 1, key, token));
    },
  };
}

function runsAlready(): OstlerError {
  return new OstlerError('Another Ostler runs on this Redis under the same prefix.', {
    code: 'storage',
    hint: 'Stop that one first, or give this one a redis.prefix of its own.',
  });
}

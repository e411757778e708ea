import { randomUUID } from 'node:crypto';
import { OstlerError } from '../../src/errors.ts';
import type { Job } from '../../src/path/job.ts';
import type { RedisConnection } from './connect.ts';

export const queueName = 'queue';
/** How long an ended id is refused. BullMQ remembers the ends of runs itself; these are its options for it. */
export const rememberEndedSeconds = 172_800;
/** A parked job waits for its promotion this long beyond its deadline; BullMQ counts up to the year 2039. */
const parkBeyondDeadlineMs = 30 * 24 * 3600 * 1000;

/** What BullMQ keeps of a job. `unstarted` counts the deliveries that were no start. */
export type Parked = { readonly job: Job; readonly unstarted: number };
export type ListedJob = Parked & { readonly list: 'delayed' | 'wait' | 'active'; readonly starts: number };

// The next number for an id that is neither queued nor ended, else 0.
const claimScript = `
if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then return 0 end
return redis.call('INCR', KEYS[3])`;

// A removed id is remembered by a key of its own, because BullMQ forgets what did not run. The key holds who
// removed it, so that a script that was sent again after a lost connection gives the same answer.
const removeScript = `
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then
  redis.call('DEL', KEYS[2])
  redis.call('SET', KEYS[3], ARGV[2], 'EX', ARGV[3])
  return 'removed'
end
if redis.call('GET', KEYS[3]) == ARGV[2] then return 'removed' end
if redis.call('EXISTS', KEYS[2]) == 0 or redis.call('HEXISTS', KEYS[2], 'finishedOn') == 1 then return 'gone' end
return 'delivered'`;

// Only a parked job is changed, and only where nobody changed it since it was read. Data that is the new
// already was written by this script before a lost connection had it sent again, whatever came since.
const changeScript = `
local data = redis.call('HGET', KEYS[2], 'data')
if data == ARGV[3] and data ~= ARGV[2] then return 'changed' end
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 'gone' end
if data ~= ARGV[2] then return 'stale' end
redis.call('HSET', KEYS[2], 'data', ARGV[3])
return 'changed'`;

// All three lists in one step: a job on its way from one to another is neither missed nor seen twice.
const listScript = `
local found = {}
local function add(list, ids)
  for _, id in ipairs(ids) do
    local fields = redis.call('HMGET', KEYS[1] .. id, 'data', 'ats')
    if fields[1] then table.insert(found, {list, fields[1], fields[2] or '0'}) end
  end
end
add('delayed', redis.call('ZRANGE', KEYS[1] .. 'delayed', 0, -1))
add('wait', redis.call('LRANGE', KEYS[1] .. 'wait', 0, -1))
add('active', redis.call('LRANGE', KEYS[1] .. 'active', 0, -1))
return found`;

/** A job as Redis holds it: `data` is what it was read from. */
type FoundJob = Parked & { readonly data: string };
/** `stale`: it is not as it was found. */
type ChangeOutcome = 'changed' | 'gone' | 'stale';

export type ParkingLot = ReturnType<typeof parkingLot>;

/** What the queue asks of Redis beside BullMQ. `bullKey` gives BullMQ's own keys. */
export function parkingLot(
  { client, prefix, call, report }: RedisConnection,
  bullKey: (part: string) => string,
) {
  const removedKey = (id: string) => `${prefix}queue-removed:${id}`;

  function read(data: string): Parked | undefined {
    try {
      const parked: Parked = JSON.parse(data);
      if (typeof parked.job.id !== 'string') throw new Error('no job');
      return parked;
    } catch (cause) {
      const hint = 'It stays in Redis, but is never run. Whoever asked has to ask again.';
      report(new OstlerError('A job in Redis could not be read.', { code: 'storage', hint, cause }));
      return undefined;
    }
  }

  return {
    /** The job's number, or 0 where the id is a duplicate. */
    claim: (id: string): Promise<number> =>
      client.eval(
        claimScript,
        3,
        bullKey(bullId(id)),
        removedKey(id),
        `${prefix}queue-seq`,
      ) as Promise<number>,
    remove(id: string): Promise<'removed' | 'gone' | 'delivered'> {
      const keys = [bullKey('delayed'), bullKey(bullId(id)), removedKey(id)];
      const remover = randomUUID();
      return call(() =>
        client.eval(removeScript, 3, ...keys, bullId(id), remover, rememberEndedSeconds),
      ) as Promise<'removed' | 'gone' | 'delivered'>;
    },
    /** A job that is queued or has ended; undefined where it is unknown or cannot be read. */
    async find(id: string): Promise<FoundJob | undefined> {
      const data = await client.hget(bullKey(bullId(id)), 'data');
      const parked = data !== null && read(data);
      return parked ? { ...parked, data } : undefined;
    },
    /** Only where it is parked. Sent before this returns. */
    change({ data, job: { id } }: FoundJob, { job, unstarted }: Parked): Promise<ChangeOutcome> {
      const keys = [bullKey('delayed'), bullKey(bullId(id))];
      const next = JSON.stringify({ job, unstarted });
      return client.eval(changeScript, 2, ...keys, bullId(id), data, next) as Promise<ChangeOutcome>;
    },
    async list(): Promise<readonly ListedJob[]> {
      const rows = (await call(() => client.eval(listScript, 1, bullKey('')))) as string[][];
      return rows.flatMap(([list, data, deliveries]) => {
        const parked = read(String(data));
        if (!parked) return [];
        return { ...parked, list: list as ListedJob['list'], starts: Number(deliveries) - parked.unstarted };
      });
    },
  };
}

/** BullMQ refuses ids that look like numbers or hold a colon, and keeps its own keys beside the jobs. */
export function bullId(id: string): string {
  return `job-${encodeURIComponent(id)}`;
}

/** Until when BullMQ leaves the job alone. */
export function parkedUntil(job: Job): number {
  return Math.max(Date.now(), job.deadlineAt) + parkBeyondDeadlineMs;
}

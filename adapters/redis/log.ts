import type { Log, LogEntry } from '../../src/ports/log.ts';
import type { RedisConnection } from './connect.ts';

/** Wide enough for every number that Lua counts exactly, so that cursors sort as strings. */
const cursorDigits = 16;

// Keys of a stream: 1 the entries by cursor, 2 the cursors by id, 3 the cursors in order. 4 is the counter of
// all streams: it outlives `clear`, so that a cursor from before is still older than what comes after.
const appendScript = `
local cursor = redis.call('HGET', KEYS[2], ARGV[1])
if cursor then return {0, cursor, redis.call('HGET', KEYS[1], cursor)} end
local n = redis.call('INCR', KEYS[4])
cursor = string.format('%0${cursorDigits}d', n)
redis.call('HSET', KEYS[1], cursor, ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], cursor)
redis.call('ZADD', KEYS[3], n, cursor)
local spare = redis.call('ZCARD', KEYS[3]) - tonumber(ARGV[3])
if spare > 0 then
  for _, old in ipairs(redis.call('ZRANGE', KEYS[3], 0, spare - 1)) do
    redis.call('HDEL', KEYS[2], cjson.decode(redis.call('HGET', KEYS[1], old))[1])
    redis.call('HDEL', KEYS[1], old)
  end
  redis.call('ZREMRANGEBYRANK', KEYS[3], 0, spare - 1)
end
for key = 1, 3 do redis.call('PEXPIRE', KEYS[key], ARGV[4]) end
return {1, cursor, ARGV[2]}`;

const findScript = `
local cursor = redis.call('HGET', KEYS[2], ARGV[1])
if not cursor then return {} end
return {cursor, redis.call('HGET', KEYS[1], cursor)}`;

const rangeScript = `
local found = {}
local cursors = redis.call('ZREVRANGEBYSCORE', KEYS[3], '+inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for i = #cursors, 1, -1 do
  table.insert(found, cursors[i])
  table.insert(found, redis.call('HGET', KEYS[1], cursors[i]))
end
return found`;

/** Log on Redis; every operation is one script, so it happens as a whole or not at all. */
export function redisLog({ client, prefix, call }: RedisConnection): Log {
  function evaluate(script: string, stream: string, ...args: (string | number)[]): Promise<unknown[]> {
    const keys = ['entries', 'ids', 'order'].map((part) => `${prefix}log:${part}:${stream}`);
    const sent = client.eval(script, 4, ...keys, `${prefix}log:counter`, ...args);
    return sent as Promise<unknown[]>;
  }

  return {
    async append(stream, id, value, { entries, ttlMs }) {
      const body = JSON.stringify([id, value]);
      const [added, cursor, stored] = await call(() =>
        evaluate(appendScript, stream, id, body, entries, Math.ceil(ttlMs)),
      );
      return { entry: toEntry(cursor, stored), added: added === 1 };
    },
    async find(stream, id) {
      const [cursor, stored] = await call(() => evaluate(findScript, stream, id));
      return cursor === undefined ? undefined : toEntry(cursor, stored);
    },
    async range(stream, { after, limit }) {
      const from = after === undefined ? '-inf' : `(${Number(after)}`;
      const found = await call(() => evaluate(rangeScript, stream, from, limit));
      return Array.from({ length: found.length / 2 }, (_, i) => toEntry(found[2 * i], found[2 * i + 1]));
    },
    async clear(stream) {
      const keys = ['entries', 'ids', 'order'].map((part) => `${prefix}log:${part}:${stream}`);
      await call(() => client.unlink(...keys));
    },
  };
}

function toEntry(cursor: unknown, stored: unknown): LogEntry {
  const [id, value] = JSON.parse(String(stored));
  return { cursor: String(cursor), id, value };
}

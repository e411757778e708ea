import KeyvRedis, { createClient, Keyv } from '@keyv/redis';
import { OstlerError } from '../../src/errors.ts';
import type { Store } from '../../src/ports/store.ts';
import { answerWithinMs, maxReconnectDelayMs, prefixOf, type RedisOptions } from './connect.ts';
import { withDeadline } from './deadline.ts';
import { rateLimited } from './report.ts';
import { redisError } from './trouble.ts';

/** A silent connection is asked; one that then stays silent is given up and made anew. */
const pingIntervalMs = 10_000;
const silentMs = 30_000;

// Writes only if nobody else has since the value was read. An argument less than four means: no value then.
const compareAndSet = `
local current = redis.call('GET', KEYS[1])
if current ~= (ARGV[3] or false) then return 0 end
if ARGV[1] == 'delete' then redis.call('DEL', KEYS[1])
elseif ARGV[1] == 'keep' then redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
else redis.call('SET', KEYS[1], ARGV[2]) end
return 1`;

/** Store on Redis through Keyv: readable by every Keyv with the same namespace. */
export async function redisStore(options: RedisOptions): Promise<Store & { close(): void }> {
  const { url, onError = () => undefined } = options;
  const limitMs = options.answerWithinMs ?? answerWithinMs;
  const report = rateLimited(onError);
  const namespace = `${prefixOf(options)}store`;

  const client = await connect(options, limitMs, (error) => report(redisError(error, url)));
  const adapter = new KeyvRedis<string>(client, { namespace, keyPrefixSeparator: ':', throwOnErrors: true });
  // Keyv sets the adapter's namespace to its own, and must not put it before the key a second time.
  const keyv = new Keyv(adapter, { namespace, useKeyPrefix: false, throwOnErrors: true });
  keyv.on('error', (error) => report(redisError(error, url)));
  const updates = new Map<string, Promise<unknown>>();

  async function call<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline(work(), limitMs);
    } catch (error) {
      throw redisError(error, url);
    }
  }

  async function update(key: string, change: (value: unknown) => unknown): Promise<unknown> {
    const giveUpAt = performance.now() + limitMs;
    while (performance.now() < giveUpAt) {
      const raw = await call(async () => adapter.get<string>(key));
      const old = raw === undefined ? undefined : await keyv.deserializeData<unknown>(raw);
      const lives = old !== undefined && (old.expires == null || old.expires > Date.now());
      const value = change(lives ? old.value : undefined);
      const next = await keyv.serializeData({ value, ...(lives && { expires: old.expires }) });
      const how = value === undefined ? 'delete' : lives ? 'keep' : 'fresh';
      const args = [how, String(next), ...(raw === undefined ? [] : [raw])];
      const keys = [adapter.createKeyPrefix(key, namespace)];
      const written = await call(() => client.eval(compareAndSet, { keys, arguments: args }));
      if (written === 1) return value;
    }
    throw new OstlerError('A stored value changed too often to be updated.', {
      code: 'storage',
      hint: 'Several processes change it all the time. Try again.',
      retryable: true,
    });
  }

  return {
    get: (key) => call(() => keyv.get(key)),
    async set(key, value, ttlMs) {
      if (value === undefined) await call(() => keyv.delete(key));
      else await call(() => keyv.set(key, value, ttlMs));
    },
    async delete(key) {
      await call(() => keyv.delete(key));
    },
    update(key, change) {
      // One after another within the process: only another process can be in the way.
      const before = updates.get(key) ?? Promise.resolve();
      const mine = before.then(
        () => update(key, change),
        () => update(key, change),
      );
      updates.set(key, mine);
      const forget = () => updates.get(key) === mine && updates.delete(key);
      mine.then(forget, forget);
      return mine;
    },
    close: () => client.destroy(),
  };
}

/** Connects once or throws; a connection lost later comes back by itself, and commands meanwhile fail at once. */
async function connect({ url }: RedisOptions, limitMs: number, onError: (error: unknown) => void) {
  let started = false;
  const client = create(url, () => started);
  client.on('error', (error) => started && onError(error));
  try {
    await withDeadline(client.connect(), limitMs);
    await withDeadline(client.ping(), limitMs);
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw redisError(error, url);
  }
  started = true;
  return client;
}

function create(url: string, started: () => boolean) {
  try {
    return createClient({
      url,
      disableOfflineQueue: true,
      pingInterval: pingIntervalMs,
      socket: {
        connectTimeout: answerWithinMs,
        socketTimeout: silentMs,
        reconnectStrategy: (attempt) =>
          started() ? Math.min((attempt + 1) * 100, maxReconnectDelayMs) : false,
      },
    });
  } catch (error) {
    throw redisError(error, url);
  }
}

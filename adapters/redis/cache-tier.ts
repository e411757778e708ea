import type { Kept } from '../../src/cache/kept-value.ts';
import { watchedHealth } from '../../src/cache/tier-health.ts';
import type { CacheTier, TierAnswer, TierHealth } from '../../src/ports/cache-tier.ts';
import { connectCache, type Link } from './cache-connection.ts';
import { keysOf } from './cache-keys.ts';
import { roomInRedis } from './cache-room.ts';
import { foreignValue, refusedCommand, whatIsWrong } from './cache-trouble.ts';
import { prefixOf } from './connect.ts';
import { type Report, rateLimited } from './report.ts';

const withinConnectMs = 1_000;
const withinOperationMs = 100;
const betweenLooksMs = 5_000;
/** So many looks at the memory, and the entries are counted anew. */
const LOOKS_PER_COUNT = 120;

export type RedisCacheOptions = {
  readonly url: string;
  /** Before every key. A colon is added where it ends in none. */
  readonly prefix?: string;
  /** How long a new connection may take until Redis has answered. */
  readonly connectMs?: number;
  /** How long one operation may take before its caller gets an error. */
  readonly operationMs?: number;
  /** How often it is looked whether Redis has room, and lives while nobody asks it. In milliseconds. */
  readonly lookMs?: number;
  /** Told, at most every 10 s for the same trouble, what no change of health tells. */
  readonly onError?: Report;
};

/**
 * The second tier on Redis, through Keyv. It connects in the background. No operation takes longer than
 * `operationMs`; clearing takes that long for each 1,000 keys.
 */
export function redisCacheTier(options: RedisCacheOptions): CacheTier {
  const { url, onError = () => undefined } = options;
  const { connectMs = withinConnectMs, operationMs = withinOperationMs, lookMs = betweenLooksMs } = options;
  const namespace = `${prefixOf(options)}cache`;
  const report = rateLimited(onError);
  const probeKey = `${namespace}:probe`;
  const room = roomInRedis(probeKey);
  const health = watchedHealth({ state: 'connecting', detail: '' });
  let count: number | undefined;
  let counting = false;
  let clears = 0;
  let looks = 0;

  const connection = connectCache({ url, namespace, connectMs, operationMs, greet }, () => {
    settle();
    const { kind } = connection.state();
    // What comes back after a loss may have been emptied or restored meanwhile.
    if (kind === 'lost') count = undefined;
    if (kind === 'up' && count === undefined) void recount();
  });
  const looking = setInterval(() => void look(), lookMs).unref();

  /** More than a PING: a user without the right to read, and data that is still being loaded, show here. */
  async function greet(link: Link): Promise<void> {
    await link.client.get(probeKey);
    await room.look(link);
  }

  function settle(): void {
    health.set(healthOf());
  }

  function healthOf(): TierHealth {
    const state = connection.state();
    if (state.kind === 'connecting') return { state: 'connecting', detail: '' };
    if (state.kind !== 'up') return { state: 'down', detail: whatIsWrong(state.error, url) };
    const full = room.full();
    return full === undefined
      ? { state: 'ready', detail: '' }
      : { state: 'full', detail: whatIsWrong(full, url) };
  }

  async function attempt<T>(work: (link: Link) => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await connection.call(work);
    } catch (error) {
      if (room.refused(error)) {
        settle();
        return otherwise;
      }
      const refused = refusedCommand(error, url);
      if (refused) report(refused);
      return otherwise;
    }
  }

  async function look(): Promise<void> {
    try {
      await connection.call(room.look);
    } catch {
      return;
    }
    settle();
    looks += 1;
    if (count === undefined || looks % LOOKS_PER_COUNT === 0) await recount();
  }

  async function recount(): Promise<void> {
    if (counting) return;
    counting = true;
    const since = clears;
    let found = 0;
    try {
      for await (const keys of keysOf(namespace, connection.call)) found += keys.length;
      if (since === clears) count = found;
    } catch {
      // The next look counts again.
    } finally {
      counting = false;
    }
  }

  function answerOf(kept: Kept<string> | undefined): TierAnswer {
    if (!kept) return { kind: 'miss' };
    const { value, expires } = kept;
    if (value === undefined) {
      report(foreignValue(url, namespace));
      return { kind: 'error' };
    }
    if (expires === undefined) return { kind: 'hit', value, leftMs: undefined };
    const leftMs = expires - Date.now();
    return leftMs > 0 ? { kind: 'hit', value, leftMs } : { kind: 'miss' };
  }

  return {
    backend: 'redis',
    get: (key) =>
      attempt(async ({ keyv }) => answerOf(await keyv.get(key, { raw: true })), { kind: 'error' }),
    async set(key, value, ttlMs) {
      if (room.full() !== undefined) return false;
      // Keyv takes 0 for no expiry at all.
      const ttl = ttlMs === undefined ? undefined : Math.max(1, Math.ceil(ttlMs));
      const kept = await attempt(({ keyv }) => keyv.set(key, value, ttl), false);
      if (!kept) return false;
      if (count !== undefined) count += 1;
      if (room.wrote(value.length)) void look();
      return true;
    },
    delete: (key) =>
      attempt(async ({ keyv }) => {
        const existed = await keyv.delete(key);
        if (existed && count) count -= 1;
        return true;
      }, false),
    async clear() {
      try {
        for await (const keys of keysOf(namespace, connection.call)) {
          if (keys.length > 0) await connection.call(({ client }) => client.unlink([...keys]));
        }
      } catch {
        return false;
      }
      clears += 1;
      count = 0;
      await look();
      return true;
    },
    entries: () => count,
    health: health.get,
    onHealth: health.onChange,
    async close() {
      clearInterval(looking);
      connection.close();
    },
  };
}

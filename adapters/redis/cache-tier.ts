import { answerOf, type Kept, lifeOf } from '../../src/cache/kept-value.ts';
import { toldEvictions } from '../../src/cache/tier-evictions.ts';
import { watchedHealth } from '../../src/cache/tier-health.ts';
import type { CacheTier, TierAnswer, TierHealth } from '../../src/ports/cache-tier.ts';
import { connectCache, type Link } from './cache-connection.ts';
import { countInRedis } from './cache-count.ts';
import { keysOf } from './cache-keys.ts';
import { roomInRedis } from './cache-room.ts';
import { foreignValue, refusedCommand, whatIsWrong } from './cache-trouble.ts';
import { type Report, rateLimited } from './report.ts';

const withinConnectMs = 1_000;
const withinOperationMs = 100;
const betweenLooksMs = 5_000;
/** So many looks at the memory, and the entries are counted anew. */
const LOOKS_PER_COUNT = 120;

export type RedisCacheOptions = {
  readonly url: string;
  /** Before every key, with a colon between them. */
  readonly namespace?: string;
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
  const { url, namespace = 'ostler:cache', onError = () => undefined } = options;
  const { connectMs = withinConnectMs, operationMs = withinOperationMs, lookMs = betweenLooksMs } = options;
  const report = rateLimited(onError);
  const probeKey = `${namespace}:probe`;
  const room = roomInRedis(probeKey);
  const health = watchedHealth({ state: 'connecting', detail: '' });
  const evictions = toldEvictions();
  let looks = 0;

  const connection = connectCache({ url, namespace, connectMs, operationMs, greet }, () => {
    settle();
    const { kind } = connection.state();
    // What comes back after a loss may have been emptied or restored meanwhile.
    if (kind === 'lost') count.lost();
    if (kind === 'up' && count.entries() === undefined) void count.recount();
  });
  const count = countInRedis(namespace, connection.call, evictions.tell);
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
    if (count.entries() === undefined || looks % LOOKS_PER_COUNT === 0) await count.recount();
  }

  function readAnswer(kept: Kept<string> | undefined): TierAnswer {
    const answer = answerOf(kept, Date.now());
    if (answer.kind === 'error') report(foreignValue(url, namespace));
    if (answer.kind === 'hit') count.saw(answer.value);
    return answer;
  }

  return {
    backend: 'redis',
    get: (key) =>
      attempt(async ({ keyv }) => readAnswer(await keyv.get(key, { raw: true })), { kind: 'error' }),
    async set(key, value, ttlMs) {
      if (room.full() !== undefined) return false;
      const kept = await attempt(({ keyv }) => keyv.set(key, value, lifeOf(ttlMs)), false);
      if (!kept) return false;
      count.wrote(value);
      if (room.wrote(value.length)) void look();
      return true;
    },
    delete: (key) =>
      attempt(async ({ keyv }) => {
        const existed = await keyv.delete(key);
        if (existed) count.removed();
        return true;
      }, false),
    // A key says nothing of whose it is, and Redis is not asked for all of them.
    forget: async () => false,
    async clear() {
      try {
        for await (const keys of keysOf(namespace, connection.call)) {
          if (keys.length > 0) await connection.call(({ client }) => client.unlink([...keys]));
        }
      } catch {
        // Some may be gone, and some not.
        count.lost();
        return false;
      }
      count.cleared();
      await look();
      return true;
    },
    entries: count.entries,
    bytes: count.bytes,
    onEviction: evictions.onEviction,
    health: health.get,
    onHealth: health.onChange,
    async close() {
      clearInterval(looking);
      connection.close();
    },
  };
}

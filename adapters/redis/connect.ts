import { Redis } from 'ioredis';
import { OstlerError } from '../../src/errors.ts';
import { isLate, withDeadline } from './deadline.ts';
import { type Report, rateLimited } from './report.ts';
import { redisError, withoutPassword } from './trouble.ts';

export const answerWithinMs = 5_000;
export const maxReconnectDelayMs = 1_000;
/** So many operations without an answer make an open connection suspect. */
const silencesPerReconnect = 3;
const oldestVersion = [6, 2] as const;

export type RedisOptions = {
  readonly url: string;
  /** Before every key. A colon is added where it ends in none. */
  readonly prefix?: string;
  /** Told, at most every 10 s for the same trouble, what went wrong where no caller can be. */
  readonly onError?: Report;
  /** How long one operation may take before its caller gets an error. */
  readonly answerWithinMs?: number;
};

/** One connection to Redis that comes back by itself, shared by queue, log and owner lock. */
export type RedisConnection = {
  readonly client: Redis;
  /** Ends in a colon. */
  readonly prefix: string;
  readonly report: (error: unknown) => void;
  /** Waits for Redis, at most `answerWithinMs`; errors become OstlerError 'storage'. */
  call<T>(work: () => Promise<T>): Promise<T>;
  /** Closes at once; what is still under way fails. */
  close(): void;
};

export function prefixOf({ prefix = 'ostler:' }: Pick<RedisOptions, 'prefix'>): string {
  return prefix === '' || prefix.endsWith(':') ? prefix : `${prefix}:`;
}

/** Connects once, and throws OstlerError 'storage' where that fails; a connection lost later comes back by itself. */
export async function connectRedis(options: RedisOptions): Promise<RedisConnection> {
  const { url, onError = () => undefined } = options;
  const limitMs = options.answerWithinMs ?? answerWithinMs;
  const tell = rateLimited(onError);
  const report = (error: unknown) => tell(redisError(error, url));
  let started = false;
  let silences = 0;

  const client = create(url, () => started);
  const firstError = new Promise<never>((_, reject) => client.once('error', reject));
  firstError.catch(() => undefined);
  client.on('error', (error) => started && report(error));

  try {
    await withDeadline(Promise.race([client.connect(), firstError]), limitMs);
    await withDeadline(Promise.race([client.ping(), firstError]), limitMs);
    refuseOldVersion(await withDeadline(client.info('server'), limitMs), url);
  } catch (error) {
    client.disconnect();
    // The connection's own error says more than the "Connection is closed" that follows it.
    const first = await Promise.race([firstError.catch((cause: unknown) => cause), Promise.resolve(error)]);
    throw redisError(first, url);
  }
  started = true;

  return {
    client,
    prefix: prefixOf(options),
    report,
    async call(work) {
      try {
        const answer = await withDeadline(work(), limitMs);
        silences = 0;
        return answer;
      } catch (error) {
        if (isLate(error) && client.status === 'ready') {
          silences += 1;
          // The other end may be gone without a word: a new connection shows whether it is.
          if (silences % silencesPerReconnect === 0) client.disconnect(true);
        }
        throw redisError(error, url);
      }
    },
    close: () => client.disconnect(),
  };
}

function create(url: string, started: () => boolean): Redis {
  try {
    return new Redis(url, {
      lazyConnect: true,
      connectTimeout: answerWithinMs,
      keepAlive: 10_000,
      // BullMQ asks for null; how long a caller waits is decided by `call`.
      maxRetriesPerRequest: null,
      retryStrategy: (attempt) => (started() ? Math.min(attempt * 100, maxReconnectDelayMs) : null),
    });
  } catch (error) {
    throw redisError(error, url);
  }
}

function refuseOldVersion(info: string, url: string): void {
  const version = /redis_version:(\d+)\.(\d+)/.exec(info);
  const [major, minor] = [Number(version?.[1] ?? Infinity), Number(version?.[2] ?? 0)];
  if (major > oldestVersion[0] || (major === oldestVersion[0] && minor >= oldestVersion[1])) return;
  throw new OstlerError(`Redis ${major}.${minor} is too old for Ostler.`, {
    code: 'storage',
    hint: `Install Redis ${oldestVersion.join('.')} or newer at ${withoutPassword(url)}.`,
  });
}

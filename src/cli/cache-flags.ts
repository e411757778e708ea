import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CacheWish } from '../cache/cacheable.ts';
import type { CachePart } from '../cache/response-cache.ts';
import type { Config } from '../config/schema.ts';
import { OstlerError } from '../errors.ts';
import type { CacheStats } from '../stats/cache-stats.ts';

export const BACKENDS: readonly CachePart[] = ['memory', 'redis', 'sqlite'];
const DEFAULT_PORT = '6379';
const LOCAL = 'redis://127.0.0.1:6379';

export type RedisFlags = {
  readonly redisUrl?: string;
  readonly redisHost?: string;
  readonly redisPort?: number;
  readonly redisDb?: number;
};

/** Where an Ostler without a bot keeps answers for longer; `none`: it does not. */
type Place = RedisFlags & { readonly backend?: 'none' | 'sqlite' | 'redis' | undefined };

/** `own`: the configuration of an Ostler within this process, asked for only where no bot runs. */
export type ReachOptions = RedisFlags & { readonly own?: () => Config };

export type WishFlags = {
  readonly cache?: boolean;
  readonly cacheTtl?: number;
  readonly forceRefresh?: true;
};

/** What is asked of whoever was reached. */
type Asked = { readonly own: boolean; readonly client: { cacheStats(): Promise<CacheStats> } };

export function addRedisFlags(command: Command): Command {
  const others = ['redisHost', 'redisPort', 'redisDb'];
  return command
    .addOption(
      new Option('--redis-url <url>', 'the Redis that is meant where no bot runs')
        .argParser(redisUrl)
        .conflicts(others),
    )
    .option('--redis-host <name>', 'the same in parts: its host')
    .option('--redis-port <number>', 'its port', wholeNumber(1, 65_535))
    .option('--redis-db <number>', 'the number of its database', wholeNumber(0, 10_000));
}

export function wishOfFlags({ cache, cacheTtl, forceRefresh }: WishFlags): CacheWish {
  return {
    ...((cache === false || forceRefresh) && { read: false }),
    ...(cache === false && { keep: false }),
    ...(cacheTtl !== undefined && { ttlSeconds: cacheTtl }),
  };
}

/** The configuration for an Ostler of our own. Throws `bad_input`. */
export function withPlace(config: Config, place: Place): Config {
  const { response_cache, redis } = config;
  const named = redisOf(config, place);
  const backend = place.backend ?? (named === undefined ? undefined : 'redis');
  if (backend === undefined) return config;
  if (named !== undefined && backend !== 'redis') throw new OstlerError(...NOT_REDIS);
  if (backend === 'redis' && !(named || response_cache.l2.redis_url || redis.url))
    throw new OstlerError(...NO_REDIS);
  const l2 = { ...response_cache.l2, backend, ...(named !== undefined && { redis_url: named }) };
  return { ...config, response_cache: { ...response_cache, l2 } };
}

/** The same with a cache that is on, whatever the configuration says. */
export function withCacheOn(config: Config): Config {
  return { ...config, response_cache: { ...config.response_cache, enabled: true } };
}

/**
 * A bot that runs keeps answers where its own configuration says. Throws `bad_input` where the flags name another
 * Redis than that.
 */
export async function requireSameRedis(
  { own, client }: Asked,
  config: Config,
  flags: RedisFlags,
): Promise<void> {
  const named = redisOf(config, flags);
  if (own || named === undefined) return;
  const { l2 } = await client.cacheStats();
  const url = config.response_cache.l2.redis_url || config.redis.url;
  if (l2?.backend === 'redis' && url !== '' && idOf(url) === idOf(named)) return;
  throw new OstlerError('A bot runs here, and it keeps answers elsewhere than in that Redis.', {
    code: 'bad_input',
    hint: `Leave the --redis options out: it keeps them ${whereOf(l2)}. Or stop it first.`,
  });
}

/** What a bot that runs does otherwise than the flags say, in a sentence; undefined: nothing. */
export async function overruled(
  { own, client }: Asked,
  { cache, cacheBackend }: { readonly cache?: boolean; readonly cacheBackend?: CachePart },
): Promise<string | undefined> {
  if (own || (!cache && cacheBackend === undefined)) return undefined;
  const { enabled, l2 } = await client.cacheStats();
  if (!enabled) return 'The bot that runs decides about its cache: it is off.';
  if (cacheBackend === undefined || cacheBackend === (l2?.backend ?? 'memory')) return undefined;
  return `The bot that runs decides where answers are kept: ${whereOf(l2)}.`;
}

function whereOf(l2: CacheStats['l2']): string {
  return l2 === null ? 'in memory' : `in memory and in ${l2.backend}`;
}

const NOT_REDIS = ['The --redis options go with redis only.', { code: 'bad_input' }] as const;
const NO_REDIS = [
  'No Redis is named.',
  {
    code: 'bad_input',
    hint: 'Give --redis-url redis://HOST:PORT, or set response_cache.l2.redis_url in the configuration.',
  },
] as const;

/** The Redis that flags name: what they leave out is that of the configuration; undefined: none. */
function redisOf({ response_cache, redis }: Config, flags: RedisFlags): string | undefined {
  const { redisUrl, redisHost, redisPort, redisDb } = flags;
  if (redisUrl !== undefined) return redisUrl;
  if ([redisHost, redisPort, redisDb].every((part) => part === undefined)) return undefined;
  // The password of one host is not for another.
  const url = new URL((redisHost === undefined && (response_cache.l2.redis_url || redis.url)) || LOCAL);
  if (redisHost !== undefined) url.hostname = redisHost.includes(':') ? `[${redisHost}]` : redisHost;
  if (redisPort !== undefined) url.port = String(redisPort);
  if (redisDb !== undefined) url.pathname = `/${redisDb}`;
  return url.href;
}

/** The same for two addresses of one database. */
function idOf(text: string): string {
  const { hostname, port, pathname } = new URL(text);
  const host = hostname === 'localhost' ? '127.0.0.1' : hostname;
  return `${host}:${port || DEFAULT_PORT}/${Number(pathname.slice(1))}`;
}

function redisUrl(value: string): string {
  const url = URL.parse(value);
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '')
    throw new InvalidArgumentError('It must be an address such as redis://127.0.0.1:6379.');
  return value;
}

function wholeNumber(least: number, most: number) {
  return (value: string): number => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

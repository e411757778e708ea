import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addAsk } from '../../src/cli/ask.ts';
import { overruled, requireSameRedis, wishOfFlags, withPlace } from '../../src/cli/cache-flags.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { CacheStats } from '../../src/stats/cache-stats.ts';
import { statsOfCache } from '../fakes/cache-stats.ts';

const plain = configSchema.parse({});
const onRedis = configSchema.parse({
  response_cache: { l2: { redis_url: 'redis://me:secret@cache:7000/2' } },
});
const l2On = (backend: string): Partial<CacheStats> => ({
  l2: { ...statsOfCache().l1, backend, state: 'ready', detail: '' },
});
const bot = (stats: Partial<CacheStats> = {}) => ({
  own: false,
  client: { cacheStats: async () => statsOfCache(stats) },
});

describe('where an Ostler of our own keeps answers', () => {
  it('is what the configuration says where no flag says otherwise', () => {
    expect(withPlace(plain, {})).toBe(plain);
  });

  it.each([
    ['a backend', plain, { backend: 'sqlite' }, 'sqlite', ''],
    ['none', onRedis, { backend: 'none' }, 'none', 'redis://me:secret@cache:7000/2'],
    ['an address', plain, { redisUrl: 'redis://far:1/4' }, 'redis', 'redis://far:1/4'],
    ['a host, without the password of another', onRedis, { redisHost: 'far' }, 'redis', 'redis://far:6379'],
    ['a host of IPv6', plain, { redisHost: '::1', redisPort: 7 }, 'redis', 'redis://[::1]:7'],
    ['a port', onRedis, { redisPort: 7_001 }, 'redis', 'redis://me:secret@cache:7001/2'],
    ['a database', onRedis, { redisDb: 5 }, 'redis', 'redis://me:secret@cache:7000/5'],
    ['a port and no host', plain, { redisPort: 7_001 }, 'redis', 'redis://127.0.0.1:7001'],
    [
      'the backend that is configured',
      onRedis,
      { backend: 'redis' },
      'redis',
      'redis://me:secret@cache:7000/2',
    ],
  ] as const)('is changed by %s', (_, config, place, backend, url) => {
    expect(withPlace(config, place).response_cache.l2).toMatchObject({ backend, redis_url: url });
  });

  it('cannot be a Redis that nobody names, nor a file with an address of Redis', () => {
    expect(() => withPlace(plain, { backend: 'redis' })).toThrow('No Redis is named.');
    expect(() => withPlace(plain, { backend: 'sqlite', redisDb: 1 })).toThrow('go with redis only');
  });
});

describe('a bot that runs', () => {
  it('is asked where the flags name the Redis that it has', async () => {
    const same = { redisHost: 'cache', redisPort: 7_000, redisDb: 2 };
    await requireSameRedis(bot(l2On('redis')), onRedis, same);
    await requireSameRedis(bot(l2On('redis')), onRedis, {});
    await requireSameRedis({ ...bot(), own: true }, plain, { redisHost: 'far' });
    const local = configSchema.parse({ redis: { url: 'redis://localhost' } });
    await requireSameRedis(bot(l2On('redis')), local, { redisUrl: 'redis://127.0.0.1:6379/0' });
  });

  it.each([
    ['another host', onRedis, 'redis', { redisHost: 'far' }, 'in memory and in redis'],
    ['another database', onRedis, 'redis', { redisDb: 3 }, 'in memory and in redis'],
    ['a Redis where it has a file', plain, 'sqlite', { redisPort: 6_379 }, 'in memory and in sqlite'],
  ])('is not asked where they name %s', async (_, config, backend, flags, where) => {
    await expect(requireSameRedis(bot(l2On(backend)), config, flags)).rejects.toMatchObject({
      code: 'bad_input',
      message: 'A bot runs here, and it keeps answers elsewhere than in that Redis.',
      hint: expect.stringContaining(where),
    });
  });

  it('decides itself about its cache, which is said where it is news', async () => {
    expect(await overruled(bot(), {})).toBeUndefined();
    expect(await overruled(bot(), { cache: true })).toBeUndefined();
    expect(await overruled(bot(), { cacheBackend: 'memory' })).toBeUndefined();
    expect(await overruled(bot(l2On('redis')), { cacheBackend: 'redis' })).toBeUndefined();
    expect(await overruled({ ...bot(), own: true }, { cacheBackend: 'redis' })).toBeUndefined();
    expect(await overruled(bot(l2On('sqlite')), { cacheBackend: 'redis' })).toBe(
      'The bot that runs decides where answers are kept: in memory and in sqlite.',
    );
    expect(await overruled(bot({ enabled: false }), { cache: true })).toBe(
      'The bot that runs decides about its cache: it is off.',
    );
  });
});

describe('what a question asks of the cache', () => {
  it.each([
    [{}, {}],
    [{ cache: true }, {}],
    [{ cache: false }, { read: false, keep: false }],
    [{ forceRefresh: true }, { read: false }],
    [{ cacheTtl: 1_800 }, { ttlSeconds: 1_800 }],
    [
      { cacheTtl: 5, forceRefresh: true },
      { read: false, ttlSeconds: 5 },
    ],
  ] as const)('with the flags %j is %j', (flags, wish) => {
    expect(wishOfFlags(flags)).toEqual(wish);
  });
});

describe('the command line', () => {
  async function parse(...args: readonly string[]) {
    const program = new Command('ostler').exitOverride();
    const errors: string[] = [];
    const given: unknown[] = [];
    program.configureOutput({ writeErr: (text) => void errors.push(text) });
    addAsk(program, async (text, options) => void given.push({ text, ...options }));
    for (const command of program.commands) command.copyInheritedSettings(program);
    await program.parseAsync(args, { from: 'user' }).catch(() => {});
    return { given, errors: errors.join('') };
  }

  it('takes run for ask, and every wish', async () => {
    const wishes = ['--cache', '--cache-ttl', '1800', '--force-refresh', '--cache-backend', 'redis'];
    const redis = ['--redis-host', 'cache', '--redis-port', '7000', '--redis-db', '0'];
    expect((await parse('run', 'Why?', ...wishes, ...redis)).given).toEqual([
      {
        text: 'Why?',
        image: [],
        cache: true,
        cacheTtl: 1_800,
        forceRefresh: true,
        cacheBackend: 'redis',
        redisHost: 'cache',
        redisPort: 7_000,
        redisDb: 0,
      },
    ]);
    expect((await parse('ask', 'Why?', '--no-cache')).given).toMatchObject([{ cache: false }]);
    expect((await parse('ask', 'Why?')).given).toEqual([{ text: 'Why?', image: [] }]);
  });

  it.each([
    [['--cache-ttl', '0'], /a number of seconds above 0/],
    [['--cache-ttl', '2592001'], /at most 2592000, which are 30 days/],
    [['--redis-port', '70000'], /a whole number from 1 to 65535/],
    [['--redis-db', '1.5'], /a whole number from 0/],
    [['--redis-url', 'http://x'], /an address such as redis:/],
    [['--redis-url', 'redis://x', '--redis-port', '1'], /cannot be used with/],
  ])('refuses %j', async (args, words) => {
    const { given, errors } = await parse('run', 'Why?', ...args);
    expect(given).toEqual([]);
    expect(errors).toMatch(words);
  });
});

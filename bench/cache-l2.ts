import { createClient } from '@keyv/redis';
import { redisCacheTier } from '../adapters/redis/cache-tier.ts';
import type { CacheTier, TierState } from '../src/ports/cache-tier.ts';
import { type RedisServer, startRedis } from '../test/servers/redis.ts';
import { startRelay } from '../test/servers/relay.ts';
import { atMost, type Report, type Target } from './bench.ts';
import { median, p99 } from './statistics.ts';

/** An answer as it is kept. In bytes. */
const VALUE_BYTES = 4_000;
const KEYS = 200;
/** Each block asks one side so often, then the other one: a busy moment meets both. */
const BLOCKS = 60;
const PER_BLOCK = 200;
const WARM_UP_BLOCKS = 10;
/** So often is each kind of trouble made. */
const TROUBLES = 7;
const HOUR_MS = 3_600_000;

/** The second tier on Redis: what a hit costs over the bare client, and what trouble costs its callers. */
export async function measureSecondTier(say: (line: string) => void): Promise<Report> {
  say('a hit in Redis');
  const hit = await measureHit();
  say('Redis is down, stalled, restarted, gone without a word');
  const trouble = [
    await measureDown(),
    await measureStall(),
    await measureRestart(),
    await measureHalfOpen(),
  ];
  return { targets: [...hit.targets, ...trouble.flat()], figures: hit.figures };
}

async function measureHit(): Promise<Report> {
  const server = await startRedis();
  const bare = createClient({ url: server.url });
  bare.on('error', () => undefined);
  await bare.connect();
  const tier = open(server);
  await reaches(tier, 'ready');
  try {
    const keys = Array.from({ length: KEYS }, (_, n) => `key-${n}`);
    for (const key of keys) {
      await tier.set(key, answer(key), HOUR_MS);
      await bare.set(`bare:${key}`, answer(key), { PX: HOUR_MS });
    }
    const sides = [(key: string) => bare.get(`bare:${key}`), (key: string) => tier.get(key)] as const;
    const [bareMs, tierMs] = await inTurn(sides, keys);
    const p50 = (ms: readonly number[]) => median(ms) * 1_000;
    return {
      targets: [
        atMost('L2 hit against bare node-redis, p50', median(tierMs) / median(bareMs), 'times', 1.6),
        atMost('L2 hit against bare node-redis, p99', p99(tierMs) / p99(bareMs), 'times', 1.7),
      ],
      figures: [
        { name: `bare node-redis GET, ${VALUE_BYTES} bytes, p50`, figure: p50(bareMs), unit: 'µs' },
        { name: `L2 hit, ${VALUE_BYTES} bytes, p50`, figure: p50(tierMs), unit: 'µs' },
      ],
    };
  } finally {
    await tier.close();
    bare.destroy();
    await server.dispose();
  }
}

type Ask = (key: string) => Promise<unknown>;

/** Milliseconds of each question of both sides, asked in blocks by turns. */
async function inTurn(sides: readonly [Ask, Ask], keys: readonly string[]) {
  const taken: [number[], number[]] = [[], []];
  for (let block = -WARM_UP_BLOCKS; block < BLOCKS; block += 1) {
    for (const side of block % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      for (let n = 0; n < PER_BLOCK; n += 1) {
        const ms = await timeOf(() => sides[side](keys[n % keys.length] ?? ''));
        if (block >= 0) taken[side].push(ms);
      }
    }
  }
  return taken;
}

async function measureDown(): Promise<readonly Target[]> {
  const server = await startRedis();
  await server.kill();
  const waits: number[] = [];
  for (let n = 0; n < TROUBLES; n += 1) {
    const tier = open(server);
    waits.push(await timeOf(() => tier.get('key')));
    await tier.close();
  }
  await server.dispose();
  return [atMost('time to the caller, Redis down at the start', median(waits), 'ms', 1)];
}

async function measureStall(): Promise<readonly Target[]> {
  const server = await startRedis();
  const tier = open(server);
  const [first, next]: [number[], number[]] = [[], []];
  for (let n = 0; n < TROUBLES; n += 1) {
    await reaches(tier, 'ready');
    server.pause();
    first.push(await timeOf(() => tier.get('key')));
    next.push(await timeOf(() => tier.get('key')));
    await reaches(tier, 'down');
    server.resume();
  }
  await tier.close();
  await server.dispose();
  return [
    atMost('time to the first caller, Redis stalled', median(first), 'ms', 120),
    atMost('time to the next caller, Redis stalled', median(next), 'ms', 1),
  ];
}

async function measureRestart(): Promise<readonly Target[]> {
  const server = await startRedis();
  const tier = open(server);
  const waits: number[] = [];
  for (let n = 0; n < TROUBLES; n += 1) {
    await reaches(tier, 'ready');
    await server.kill();
    await reaches(tier, 'down');
    await server.restart();
    waits.push(await timeOf(() => usable(tier)));
  }
  await tier.close();
  await server.dispose();
  return [atMost('until it is used again, Redis restarted', median(waits), 'ms', 1_000)];
}

/** From the moment in which the other end is gone, which shows only when somebody asks. */
async function measureHalfOpen(): Promise<readonly Target[]> {
  const server = await startRedis();
  const relay = await startRelay(server.url);
  const tier = open(relay);
  const waits: number[] = [];
  for (let n = 0; n < TROUBLES; n += 1) {
    await usable(tier);
    relay.forget();
    waits.push(await timeOf(() => usable(tier)));
  }
  await tier.close();
  await relay.close();
  await server.dispose();
  return [atMost('until it is used again, connection half-open', median(waits), 'ms', 600)];
}

function open({ url }: Pick<RedisServer, 'url'>): CacheTier {
  return redisCacheTier({ url });
}

/** Asks without a pause until there is an answer. */
async function usable(tier: CacheTier): Promise<void> {
  while ((await tier.get('key')).kind === 'error') await new Promise((resolve) => setTimeout(resolve, 1));
}

function reaches(tier: CacheTier, state: TierState): Promise<void> {
  return new Promise((resolve) => {
    tier.onHealth((health) => health.state === state && resolve());
    if (tier.health().state === state) resolve();
  });
}

/** What the cache keeps of an answer, in the size that is measured. */
function answer(key: string): string {
  const text = `The answer of ${key} says “that” in a few words.\n`.repeat(VALUE_BYTES);
  return JSON.stringify({ version: 1, text }).slice(0, VALUE_BYTES - 2) + '"}';
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

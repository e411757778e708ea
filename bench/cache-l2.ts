import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@keyv/redis';
import { redisCacheTier } from '../adapters/redis/cache-tier.ts';
import { sqliteCacheTier } from '../adapters/sqlite/cache-tier.ts';
import type { CacheTier, TierState } from '../src/ports/cache-tier.ts';
import { type RedisServer, startRedis } from '../test/servers/redis.ts';
import { startRelay } from '../test/servers/relay.ts';
import { atMost, type Report, type Target } from './bench.ts';
import { median, p99 } from './statistics.ts';

/** An answer as it is kept. In bytes. */
const VALUE_BYTES = 4_000;
const KEYS = 200;
/**
 * One side is asked so often, then the other one, so that a busy moment meets both while what one side leaves to
 * be cleaned up is not paid by the other. Figures are medians over runs, ratios those
 * of one run.
 */
const RUNS = 40;
const PER_RUN = 1_000;
const WARM_UP_RUNS = 5;
/** So often is each kind of trouble made. */
const TROUBLES = 7;
/** By then the pauses between two attempts to connect are as long as they get. */
const AWAY_MS = 2_000;
const FILE_BYTES = 200_000_000;
const HOUR_MS = 3_600_000;

/** The second tier: what a hit costs over the bare client, and what Redis' trouble costs those who ask. */
export async function measureSecondTier(): Promise<Report> {
  const hit = await measureHit();
  const trouble = [
    await measureDown(),
    await measureStall(),
    await measureRestart(),
    await measureHalfOpen(),
  ];
  const targets = [...hit.targets, ...trouble.flat()];
  return { targets, figures: [...hit.figures, ...(await measureFile())] };
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
    const runs = await inTurn(
      (key) => bare.get(`bare:${key}`),
      (key) => tier.get(key),
      keys,
    );
    const figure = (name: string, ms: number) => ({ name, figure: ms * 1_000, unit: 'µs' });
    return {
      targets: [
        atMost('L2 hit against bare node-redis, p50', ratio(runs, median), 'times', 1.6),
        atMost('L2 hit against bare node-redis, p99', ratio(runs, p99), 'times', 1.7),
      ],
      figures: [
        figure(`bare node-redis GET of ${VALUE_BYTES} bytes, p50`, median(runs.map(([one]) => median(one)))),
        figure(`L2 hit of ${VALUE_BYTES} bytes, p50`, median(runs.map(([, other]) => median(other)))),
        figure(`bare node-redis GET of ${VALUE_BYTES} bytes, p99`, median(runs.map(([one]) => p99(one)))),
        figure(`L2 hit of ${VALUE_BYTES} bytes, p99`, median(runs.map(([, other]) => p99(other)))),
        {
          name: 'L2 hit against bare node-redis, p99 of all runs together',
          figure: p99(runs.flatMap(([, other]) => other)) / p99(runs.flatMap(([one]) => one)),
          unit: 'times',
        },
      ],
    };
  } finally {
    await tier.close();
    bare.destroy();
    await server.dispose();
  }
}

type Ask = (key: string) => Promise<unknown>;
type Run = readonly [readonly number[], readonly number[]];

/** Milliseconds of each question, per run and side. */
async function inTurn(one: Ask, other: Ask, keys: readonly string[]): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (let run = -WARM_UP_RUNS; run < RUNS; run += 1) {
    const taken: [number[], number[]] = [[], []];
    for (const side of run % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const ask = side === 0 ? one : other;
      for (let n = 0; n < PER_RUN; n += 1) {
        taken[side].push(await timeOf(() => ask(keys[n % keys.length] ?? '')));
      }
    }
    if (run >= 0) runs.push(taken);
  }
  return runs;
}

/** How often the first side's figure the second one's is: the median over all runs. */
function ratio(runs: readonly Run[], figure: (numbers: readonly number[]) => number): number {
  return median(runs.map(([one, other]) => figure(other) / figure(one)));
}

/** The same on a file, for information. */
async function measureFile(): Promise<Report['figures']> {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-bench-'));
  const tier = sqliteCacheTier(join(folder, 'cache.db'), { maxBytes: FILE_BYTES });
  const [sets, gets]: [number[], number[]] = [[], []];
  for (let n = 0; n < PER_RUN; n += 1) {
    const value = answer(`key-${n}`);
    sets.push(await timeOf(() => tier.set(`key-${n}`, value, HOUR_MS)));
    gets.push(await timeOf(() => tier.get(`key-${n}`)));
  }
  await tier.close();
  await rm(folder, { recursive: true });
  const figure = (name: string, ms: number) => ({ name, figure: ms * 1_000, unit: 'µs' });
  return [
    figure(`SQLite, hit of ${VALUE_BYTES} bytes, p50`, median(gets)),
    figure(`SQLite, hit of ${VALUE_BYTES} bytes, p99`, p99(gets)),
    figure(`SQLite, set of ${VALUE_BYTES} bytes, p50`, median(sets)),
    figure(`SQLite, set of ${VALUE_BYTES} bytes, p99`, p99(sets)),
  ];
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

/** From the first answer that the restarted server gives to anybody. */
async function measureRestart(): Promise<readonly Target[]> {
  const server = await startRedis();
  const tier = open(server);
  const waits: number[] = [];
  for (let n = 0; n < TROUBLES; n += 1) {
    await reaches(tier, 'ready');
    await server.kill();
    await reaches(tier, 'down');
    await pause(AWAY_MS);
    await server.restart();
    waits.push(await timeOf(() => usable(tier)));
  }
  await tier.close();
  await server.dispose();
  return [atMost('longest until it is used again, Redis restarted', Math.max(...waits), 'ms', 1_000)];
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
  return [atMost('longest until it is used again, connection half-open', Math.max(...waits), 'ms', 600)];
}

function open({ url }: Pick<RedisServer, 'url'>): CacheTier {
  return redisCacheTier({ url });
}

/** Asks without a pause until there is an answer. */
async function usable(tier: CacheTier): Promise<void> {
  while ((await tier.get('key')).kind === 'error') await pause(1);
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
  return `${JSON.stringify({ version: 1, text }).slice(0, VALUE_BYTES - 2)}"}`;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

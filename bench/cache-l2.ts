import { createClient } from '@keyv/redis';
import { readEntry } from '../src/cache/entry.ts';
import type { CacheTier } from '../src/ports/cache-tier.ts';
import { startRedis } from '../test/servers/redis.ts';
import { atMost, type Report } from './bench.ts';
import { answer, HOUR_MS, openTier, reaches, timeOf, VALUE_BYTES } from './cache-timing.ts';
import { median, p99 } from './statistics.ts';

const KEYS = 200;
/**
 * One side is asked so often, then the other one, so that a busy moment meets both while what one side leaves to
 * be cleaned up is not paid by the other. Figures are medians over runs, ratios those of one run.
 */
const RUNS = 40;
const PER_RUN = 1_000;
const WARM_UP_RUNS = 5;

/** What a hit of the second tier on Redis costs over the bare client: with its deadline, decoded and looked at. */
export async function measureHit(): Promise<Report> {
  const server = await startRedis();
  const bare = createClient({ url: server.url });
  bare.on('error', () => undefined);
  await bare.connect();
  const tier = openTier(server);
  await reaches(tier, 'ready');
  try {
    const keys = Array.from({ length: KEYS }, (_, n) => `key-${n}`);
    for (const key of keys) {
      await tier.set(key, answer(key), HOUR_MS);
      await bare.set(`bare:${key}`, answer(key), { PX: HOUR_MS });
    }
    const runs = await inTurn(
      (key) => bare.get(`bare:${key}`),
      (key) => entryIn(tier, key),
      keys,
    );
    const figure = (name: string, ms: number) => ({ name, figure: ms * 1_000, unit: 'µs' });
    return {
      targets: [
        atMost(
          'L2 hit with decode and deadline, against bare node-redis, p50',
          ratio(runs, median),
          'times',
          1.6,
        ),
        atMost(
          'L2 hit with decode and deadline, against bare node-redis, p99',
          ratio(runs, p99),
          'times',
          1.7,
        ),
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

/** As the cache reads it. */
async function entryIn(tier: CacheTier, key: string): Promise<void> {
  const found = await tier.get(key);
  if (found.kind !== 'hit' || !readEntry(found.value)) throw new Error('It was no hit.');
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

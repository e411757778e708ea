import { expect, it } from 'vitest';
import { llmStatsOf } from '../../src/stats/llm-stats.ts';
import { openSwapStats } from '../../src/stats/swap-stats.ts';
import { statsOfCache } from '../fakes/cache-stats.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';
import { fakeStore } from '../fakes/store.ts';

const { logger } = quietPorts();
const given = { cache_strategy: 'ram', loaded_models: ['a'], response_cache: statsOfCache() } as const;

it('tells how many questions found their model, and what swaps took', async () => {
  const stats = await openSwapStats({ store: fakeStore(), logger, now: () => 7 });
  for (const wasResident of [true, true, true, false]) stats.demanded(wasResident);
  for (let swap = 1; swap <= 20; swap += 1) stats.swapped('a', swap * 1_000);
  stats.swapped('b', 500);
  expect(llmStatsOf(stats.counted(), given)).toMatchObject({
    since: 7,
    cache_strategy: 'ram',
    loaded_models: ['a'],
    cache_hit_rate: 0.75,
    cache_hits: 3,
    cache_misses: 1,
    swaps: 21,
    avg_swap_time_ms: 10_024,
    models: {
      a: { swaps: 20, avg_swap_time_ms: 10_500, p95_swap_time_ms: 19_050, total_swap_time_ms: 210_000 },
      b: { swaps: 1, avg_swap_time_ms: 500, p95_swap_time_ms: 500, total_swap_time_ms: 500 },
    },
  });
});

it('is nothing but zeros before anything happened', async () => {
  const stats = await openSwapStats({ store: fakeStore(), logger, now: () => 7 });
  expect(llmStatsOf(stats.counted(), given)).toMatchObject({
    cache_hit_rate: 0,
    swaps: 0,
    avg_swap_time_ms: 0,
    p95_swap_time_ms: 0,
    models: {},
  });
});

it('goes on after a restart, together with what another process counted', async () => {
  const store = fakeStore();
  const first = await openSwapStats({ store, logger, now: () => 1 });
  const second = await openSwapStats({ store, logger, now: () => 2 });
  first.swapped('a', 100);
  second.swapped('a', 300);
  second.demanded(false);
  await Promise.all([first.settled(), second.settled()]);
  const third = await openSwapStats({ store, logger, now: () => 3 });
  expect(third.counted()).toEqual({
    since: 1,
    hits: 0,
    misses: 1,
    models: { a: { swaps: 2, totalMs: 400, lastMs: [100, 300] } },
  });
});

it('counts the time of all swaps, and remembers those of the last ones', async () => {
  const stats = await openSwapStats({ store: fakeStore(), logger, now: () => 7 });
  for (let swap = 0; swap < 101; swap += 1) stats.swapped('a', swap === 0 ? 5_000 : 10);
  expect(llmStatsOf(stats.counted(), given).models).toEqual({
    a: { swaps: 101, avg_swap_time_ms: 10, p95_swap_time_ms: 10, total_swap_time_ms: 6_000 },
  });
});

it('begins anew where what is kept cannot be read, and counts on where it cannot be kept', async () => {
  const store = fakeStore();
  await store.set('swap-stats', 'something else');
  const broken = { ...store, update: () => Promise.reject(new Error('the disk is full')) };
  const stats = await openSwapStats({ store: broken, logger, now: () => 7 });
  stats.swapped('a', 100);
  await stats.settled();
  expect(stats.counted()).toMatchObject({ since: 7, models: { a: { swaps: 1 } } });
});

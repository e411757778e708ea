import { expect, test } from 'vitest';
import { coarseClock } from '../../src/cache/coarse-clock.ts';

test('reads the clock once in each step, and starts no timer while nobody asks', () => {
  let time = 1_000.7;
  let reads = 0;
  const timers: { ms: number; call: () => void }[] = [];
  const now = coarseClock(
    {
      now: () => {
        reads += 1;
        return time;
      },
      after: (ms, call) => {
        timers.push({ ms, call });
        return () => {};
      },
    },
    50,
  );
  expect(timers).toEqual([]);
  expect([now(), now()]).toEqual([1_000, 1_000]);
  time = 1_060;
  expect([now(), reads, timers.length]).toEqual([1_000, 1, 1]);
  timers[0]?.call();
  expect(timers).toHaveLength(1);
  expect([now(), reads, timers.map(({ ms }) => ms)]).toEqual([1_060, 2, [50, 50]]);
});

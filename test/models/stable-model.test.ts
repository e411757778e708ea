import fc from 'fast-check';
import { expect, it } from 'vitest';
import { play } from './stable-model/play.ts';
import { crowds, schedules } from './stable-model/schedule.ts';

/** How many are tried; a number of its own for the long run. */
const SCHEDULES = Number(process.env.OSTLER_SCHEDULES ?? 1_000);
const CROWDS = Math.ceil(SCHEDULES / 50);
/** For one schedule, in milliseconds. */
const PATIENCE = 300;

it(`no order of ${SCHEDULES} series of questions, orders and disturbances breaks a promise of the stable`, {
  timeout: 60_000 + SCHEDULES * PATIENCE,
}, async () => {
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => void (await play(schedule))),
    { numRuns: SCHEDULES },
  );
});

it(`nor do ${CROWDS} crowds, where questions become overdue`, {
  timeout: 60_000 + CROWDS * PATIENCE * 10,
}, async () => {
  let overdue = 0;
  await fc.assert(
    fc.asyncProperty(crowds, async (schedule) => {
      overdue += (await play(schedule)).overdue;
    }),
    { numRuns: CROWDS },
  );
  expect(overdue).toBeGreaterThan(0);
});

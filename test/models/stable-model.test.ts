import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from './stable-model/cases.ts';
import { play } from './stable-model/play.ts';
import { crowds, schedules } from './stable-model/schedule.ts';

/** How many are played; `OSTLER_SCHEDULES=20000` for the long run. */
const SCHEDULES = Number(process.env.OSTLER_SCHEDULES ?? 1_000);
/** Each takes as long as many others: questions have to wait for twenty minutes and more. */
const CROWDS = Math.ceil(SCHEDULES / 100);
/** For one, on a machine that does much else; in milliseconds. */
const PATIENCE = { schedule: 200, crowd: 5_000 };

describe('the stable keeps its promises', () => {
  it.each(cases)('where %s', async (_, schedule) => {
    await play(schedule);
  });

  it(`in ${SCHEDULES} series of questions, orders and disturbances`, {
    timeout: 60_000 + SCHEDULES * PATIENCE.schedule,
  }, async () => {
    const property = fc.asyncProperty(schedules, async (schedule) => void (await play(schedule)));
    await fc.assert(property, { numRuns: SCHEDULES });
  });

  it(`in ${CROWDS} crowds, where questions become overdue`, {
    timeout: 60_000 + CROWDS * PATIENCE.crowd,
  }, async () => {
    let overdue = 0;
    const property = fc.asyncProperty(crowds, async (schedule) => {
      overdue += (await play(schedule)).overdue;
    });
    await fc.assert(property, { numRuns: CROWDS });
    expect(overdue).toBeGreaterThan(0);
  });
});

import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from './stable-model/cases.ts';
import { type Played, play } from './stable-model/play.ts';
import { crowds, type Schedule, schedules } from './stable-model/schedule.ts';

/** A long run is asked for, and noted. */
const { OSTLER_SCHEDULES, OSTLER_SEED } = process.env;
const NOTES = join(import.meta.dirname, '../../bench/results/schedules.jsonl');
const SCHEDULES = Number(OSTLER_SCHEDULES ?? 1_000);
/** The same code has the same verdict each time; a long run looks for what is new. */
const SEED = 1;
/** Each takes as long as many others: questions have to wait for twenty minutes and more. */
const CROWDS = Math.ceil(SCHEDULES / 100);
/** For one, on a machine that does much else; in milliseconds. */
const PATIENCE = { schedule: 200, crowd: 5_000 };

/** Plays so many of them. Returns what came of all. */
async function playMany(of: string, arbitrary: fc.Arbitrary<Schedule>, count: number): Promise<Played> {
  const seed = Number(OSTLER_SEED ?? (OSTLER_SCHEDULES === undefined ? SEED : Math.random() * 1_000_000)) | 0;
  const began = performance.now();
  let all: Played = { asked: 0, loads: 0, overdue: 0, most: 0 };
  const property = fc.asyncProperty(arbitrary, async (schedule) => {
    const { asked, loads, overdue, most } = await play(schedule);
    all = {
      asked: all.asked + asked,
      loads: all.loads + loads,
      overdue: all.overdue + overdue,
      most: Math.max(all.most, most),
    };
  });
  await fc.assert(property, { numRuns: count, seed });
  if (OSTLER_SCHEDULES !== undefined) {
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const note = { date: new Date().toISOString(), of, schedules: count, seed, ...all, seconds };
    await appendFile(NOTES, `${JSON.stringify(note)}\n`);
  }
  return all;
}

describe('the stable keeps its promises', () => {
  it.each(cases)('where %s', async (_, schedule) => {
    await play(schedule);
  });

  it(`in ${SCHEDULES} series of questions, orders and disturbances`, {
    timeout: 60_000 + SCHEDULES * PATIENCE.schedule,
  }, async () => {
    const { asked, loads } = await playMany('stable', schedules, SCHEDULES);
    // Otherwise it would say nothing.
    expect(Math.min(asked, loads)).toBeGreaterThan(SCHEDULES);
  });

  it(`in ${CROWDS} crowds, where questions become overdue`, {
    timeout: 60_000 + CROWDS * PATIENCE.crowd,
  }, async () => {
    const { overdue } = await playMany('stable, crowds', crowds, CROWDS);
    expect(overdue).toBeGreaterThan(0);
  });
});

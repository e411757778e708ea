import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createScene } from './recall-scene.ts';
import { schedules } from './recall-steps.ts';

/** A long run is asked for, and noted. */
const { OSTLER_SCHEDULES } = process.env;
const NOTES = join(import.meta.dirname, '../../bench/results/schedules.jsonl');
const SCHEDULES = Number(OSTLER_SCHEDULES ?? 1_000);
const MS_PER_SCHEDULE = 60;

it(
  `no order of ${SCHEDULES} gives anybody an answer to another request, for others, or from before it was removed`,
  async () => {
    const seed = Math.floor(Math.random() * 1_000_000);
    const began = performance.now();
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(schedules, async ({ scope, steps }) => {
        const scene = createScene(scope);
        for (const step of steps) await scene.take(step);
        hits += await scene.end();
      }),
      { numRuns: SCHEDULES, seed },
    );
    // Otherwise it would say nothing.
    expect(hits).toBeGreaterThan(SCHEDULES / 2);
    if (OSTLER_SCHEDULES === undefined) return;
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const note = { date: new Date().toISOString(), of: 'recall', schedules: SCHEDULES, seed, hits, seconds };
    await appendFile(NOTES, `${JSON.stringify(note)}\n`);
  },
  SCHEDULES * MS_PER_SCHEDULE,
);

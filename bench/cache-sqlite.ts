import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCacheFile } from '../adapters/sqlite/cache-file.ts';
import { cacheRows } from '../adapters/sqlite/cache-rows.ts';
import { sqliteCacheTier } from '../adapters/sqlite/cache-tier.ts';
import type { Report } from './bench.ts';
import { answer, HOUR_MS, timeOf, VALUE_BYTES } from './cache-timing.ts';
import { median, p99 } from './statistics.ts';

const RUNS = 10;
const PER_RUN = 1_000;
const MOST_BYTES = 200_000_000;
/** As it was before: whoever writes copies the log into the file when it has so many pages. */
const PAGES_ON_THE_LOOP = 256;

type Times = { readonly sets: readonly number[]; readonly gets: readonly number[] };

/** The second tier on a file, for information; and what its checkpoints would cost on the event loop. */
export async function measureFile(): Promise<Report> {
  const runs: { readonly aside: Times; readonly onTheLoop: Times }[] = [];
  // In turn, so that a busy moment meets both.
  for (let run = 0; run < RUNS; run += 1) runs.push({ aside: await timeTier(), onTheLoop: await timeRows() });
  const aside = runs.flatMap((run) => run.aside.sets);
  const onTheLoop = runs.flatMap((run) => run.onTheLoop.sets);
  const gets = runs.flatMap((run) => run.aside.gets);
  const figure = (name: string, ms: number) => ({ name: `SQLite, ${name}`, figure: ms * 1_000, unit: 'µs' });
  return {
    targets: [],
    figures: [
      figure(`hit of ${VALUE_BYTES} bytes, p50`, median(gets)),
      figure(`hit of ${VALUE_BYTES} bytes, p99`, p99(gets)),
      figure(`set of ${VALUE_BYTES} bytes, p50`, median(aside)),
      figure(`set of ${VALUE_BYTES} bytes, p99`, p99(aside)),
      figure('the same with checkpoints on the event loop, p50', median(onTheLoop)),
      figure('the same with checkpoints on the event loop, p99', p99(onTheLoop)),
      {
        name: 'SQLite, sets that block the loop for more than 3 ms',
        figure: (100 * aside.filter((ms) => ms > 3).length) / aside.length,
        unit: '%',
      },
      {
        name: 'SQLite, the same with checkpoints on the event loop',
        figure: (100 * onTheLoop.filter((ms) => ms > 3).length) / onTheLoop.length,
        unit: '%',
      },
    ],
  };
}

async function timeTier(): Promise<Times> {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-bench-'));
  const tier = sqliteCacheTier(join(folder, 'cache.db'), { maxBytes: MOST_BYTES });
  const times = await timed(
    (key, value) => tier.set(key, value, HOUR_MS),
    (key) => tier.get(key),
  );
  await tier.close();
  await rm(folder, { recursive: true });
  return times;
}

async function timeRows(): Promise<Times> {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-bench-'));
  const db = openCacheFile(join(folder, 'cache.db'));
  db.exec(`PRAGMA wal_autocheckpoint = ${PAGES_ON_THE_LOOP}`);
  const rows = cacheRows(db, MOST_BYTES);
  const times = await timed(
    async (key, value) => rows.write(key, value, Date.now() + HOUR_MS),
    async (key) => rows.read(key),
  );
  db.close();
  await rm(folder, { recursive: true });
  return times;
}

async function timed(
  set: (key: string, value: string) => Promise<unknown>,
  get: (key: string) => Promise<unknown>,
): Promise<Times> {
  const [sets, gets]: [number[], number[]] = [[], []];
  for (let n = 0; n < PER_RUN; n += 1) {
    const key = `key-${n}`;
    const value = answer(key);
    sets.push(await timeOf(() => set(key, value)));
    gets.push(await timeOf(() => get(key)));
    // Others have their turn, and so has whoever makes checkpoints.
    await new Promise(setImmediate);
  }
  return { sets, gets };
}

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
/** What takes longer is felt by others. In milliseconds. */
const FELT_MS = 3;

type Times = { readonly sets: readonly number[]; readonly gets: readonly number[] };

/**
 * The second tier on a file, for information; beside it what checkpoints would cost on the event loop, and the same
 * without any: what that takes is the machine's.
 */
export async function measureFile(): Promise<Report> {
  const [aside, onTheLoop, none]: [Times[], Times[], Times[]] = [[], [], []];
  // In turn, so that a busy moment meets all.
  for (let run = 0; run < RUNS; run += 1) {
    aside.push(await timeTier());
    onTheLoop.push(await timeRows(PAGES_ON_THE_LOOP));
    none.push(await timeRows(0));
  }
  const gets = aside.flatMap((run) => run.gets);
  return {
    targets: [],
    figures: [
      figure(`hit of ${VALUE_BYTES} bytes, p50`, median(gets)),
      figure(`hit of ${VALUE_BYTES} bytes, p99`, p99(gets)),
      ...figuresOf(`set of ${VALUE_BYTES} bytes`, aside),
      ...figuresOf('the same with checkpoints on the event loop', onTheLoop),
      ...figuresOf('the same without any checkpoint', none),
    ],
  };
}

function figuresOf(name: string, runs: readonly Times[]): Report['figures'] {
  const sets = runs.flatMap((run) => run.sets);
  const felt = sets.filter((ms) => ms > FELT_MS).length;
  return [
    figure(`${name}, p50`, median(sets)),
    figure(`${name}, p99`, p99(sets)),
    { name: `SQLite, ${name}, longer than ${FELT_MS} ms`, figure: (100 * felt) / sets.length, unit: '%' },
  ];
}

function figure(name: string, ms: number): Report['figures'][number] {
  return { name: `SQLite, ${name}`, figure: ms * 1_000, unit: 'µs' };
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

async function timeRows(pages: number): Promise<Times> {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-bench-'));
  const db = openCacheFile(join(folder, 'cache.db'));
  db.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
  const rows = cacheRows(db, MOST_BYTES);
  const times = await timed(
    async (key, value) => rows.write(key, value, Date.now() + HOUR_MS),
    async (key) => rows.read(key, Date.now()),
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

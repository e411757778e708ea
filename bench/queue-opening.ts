import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atMost, type Report } from './bench.ts';
import type { QueueKind } from './open-queue.ts';
import { median } from './statistics.ts';

const TIMES = 7;
const QUEUED = 1_000;
const RUNNING = 20;
const LIMIT_MS = { sqlite: 50, redis: 300 } as const;
const RECOVERY_LIMIT_MS = 100;

type Opened = { readonly ms: number; readonly jobs: number };

/** In a new process each time, with the import of its libraries, until it has told what it holds. */
export async function measureReady(kind: QueueKind, place: string): Promise<Report> {
  const ms: number[] = [];
  for (let time = 0; time < TIMES; time += 1) ms.push((await open(kind, place)).ms);
  return { targets: [atMost(`${kind}: ready, median`, median(ms), 'ms', LIMIT_MS[kind])], figures: [] };
}

/** The same on what a killed process left: its write-ahead log, and jobs that were running. */
export async function measureRecovery(): Promise<Report> {
  const ms: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const folder = await mkdtemp(join(tmpdir(), 'ostler-bench-'));
    const filled = start('sqlite', folder, 'fill', String(QUEUED), String(RUNNING));
    await once(filled, 'message');
    filled.kill('SIGKILL');
    await once(filled, 'exit');
    const opened = await open('sqlite', folder);
    if (opened.jobs !== QUEUED) throw new Error(`${opened.jobs} of ${QUEUED} jobs came back.`);
    ms.push(opened.ms);
    await rm(folder, { recursive: true });
  }
  const name = `sqlite: ready after kill -9 with ${QUEUED} jobs, median`;
  return { targets: [atMost(name, median(ms), 'ms', RECOVERY_LIMIT_MS)], figures: [] };
}

async function open(kind: QueueKind, place: string): Promise<Opened> {
  const child = start(kind, place);
  const [opened] = await once(child, 'message');
  await once(child, 'exit');
  return opened as Opened;
}

function start(...args: readonly string[]) {
  return fork(fileURLToPath(new URL('./queue.child.ts', import.meta.url)), args, { execArgv: [] });
}

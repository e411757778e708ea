import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteLog } from '../../adapters/sqlite/log.ts';
import { openDatabase } from '../../adapters/sqlite/open-database.ts';
import { sqliteQueue } from '../../adapters/sqlite/queue.ts';
import { sqliteStore } from '../../adapters/sqlite/store.ts';
import { startChild } from './children.ts';
import { logContract } from './log-contract.ts';
import { type QueueHome, queueContract } from './queue-contract.ts';
import { queueCrash } from './queue-crash.ts';
import { queueModel } from './queue-model.ts';
import { storeContract } from './store-contract.ts';

async function makeQueueHome(): Promise<QueueHome> {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-sqlite-'));
  const path = join(folder, 'ostler.db');
  let db = openDatabase(path);
  return {
    open(process) {
      db.close();
      db = openDatabase(path);
      return sqliteQueue(db)(process);
    },
    startChild: () => startChild('./queue.child.ts', 'sqlite', folder),
    async dispose() {
      db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openTwice() {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-sqlite-'));
  const one = openDatabase(join(folder, 'ostler.db'));
  const two = openDatabase(join(folder, 'ostler.db'));
  return {
    one,
    two,
    async dispose() {
      one.close();
      two.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

queueContract('The SQLite queue', makeQueueHome);
queueModel('The SQLite queue', makeQueueHome, 100);
queueCrash('The SQLite queue', makeQueueHome, 8);

function movableTime() {
  let now = 1_700_000_000_000;
  return {
    wall: () => now,
    async elapse(ms: number) {
      now += ms;
    },
  };
}

storeContract('The SQLite store', async () => {
  const { one, two, dispose } = await openTwice();
  const { wall, elapse } = movableTime();
  return { store: sqliteStore(one, wall), other: sqliteStore(two, wall), elapse, dispose };
});

logContract('The SQLite log', async () => {
  const { one, two, dispose } = await openTwice();
  const { wall, elapse } = movableTime();
  return { log: sqliteLog(one, wall), other: sqliteLog(two, wall), elapse, dispose };
});

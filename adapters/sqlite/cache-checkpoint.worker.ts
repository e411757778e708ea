import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { CheckpointDone, CheckpointWanted } from './cache-checkpoints.ts';

/** Copies what was written from the log of a file into the file itself, on a thread and a connection of its own. */

/** Nobody waits here. In milliseconds. */
const PATIENCE_MS = 1_000;

const db = new DatabaseSync(String(workerData), { timeout: PATIENCE_MS });
// Whoever writes is never in the way of it, nor it in theirs: https://www.sqlite.org/c3ref/wal_checkpoint_v2.html
const passive = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');

/** Whether all that was in the log is in the file. A full disk is for whoever writes to find. */
function isCopied(): boolean {
  try {
    const { busy, log, checkpointed } = passive.get() ?? {};
    return busy === 0 && log === checkpointed;
  } catch {
    return false;
  }
}

function end(): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  parentPort?.close();
}

parentPort?.on('message', (wanted: CheckpointWanted) => {
  if (wanted === 'end') return end();
  parentPort?.postMessage({ isWhole: isCopied() } satisfies CheckpointDone);
});

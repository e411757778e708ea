import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/** Large enough for a disk to read ahead, small enough to be ended soon. */
const PIECE_BYTES = 4 * 1_024 ** 2;

const file = openSync(String(workerData), 'r');
try {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let bytes = 0;
  for (let read = -1; read !== 0; bytes += read) read = readSync(file, piece);
  parentPort?.postMessage(bytes);
} finally {
  closeSync(file);
}

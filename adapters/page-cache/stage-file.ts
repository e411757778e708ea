import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { StageFile } from '../../src/ports/stage-file.ts';

const WORKER = new URL('./stage-file.worker.ts', import.meta.url);

/** In a thread of its own: reading gigabytes holds up nobody, and can be ended at once. */
export const stageFile: StageFile = async (path, signal) => {
  signal.throwIfAborted();
  const worker = new Worker(WORKER, { workerData: path });
  worker.unref();
  try {
    const [bytes] = await once(worker, 'message', { signal });
    return Number(bytes);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    await worker.terminate();
  }
};

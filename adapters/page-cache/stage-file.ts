import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { OstlerError } from '../../src/errors.ts';
import type { StageFile } from '../../src/ports/stage-file.ts';

/** Ollama has other rights than Ostler, or another view of the disk: that does not pass by itself. */
const LASTING = new Set<unknown>(['EACCES', 'EPERM', 'ENOENT']);

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
    throw signal.aborted ? signal.reason : toTrouble(error);
  } finally {
    await worker.terminate();
  }
};

function toTrouble(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !LASTING.has(error.code)) return error;
  return new OstlerError(error.message, { code: 'unsupported', cause: error });
}

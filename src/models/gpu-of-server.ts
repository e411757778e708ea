import type { Gpu } from '../ports/gpu.ts';
import type { ModelServer } from '../ports/models.ts';
import { askWithin } from './ask-server.ts';

/** A simulated server says so in its version. */
export const isSimulated = (version: string): boolean => version.includes('simulated');

/**
 * The GPU that a server runs on: a simulated one has its own, of which that of this machine tells nothing.
 * `answerLimitMs`: longest silence of the server.
 */
export function gpuOfServer(server: Pick<ModelServer, 'version'>, gpu: Gpu, answerLimitMs: number): Gpu {
  return async (stopped) => {
    const version = await askWithin(answerLimitMs, stopped, server.version).catch(() => undefined);
    return version === undefined || isSimulated(version) ? undefined : gpu(stopped);
  };
}

import { execFile } from 'node:child_process';

/** No list of GPUs is longer. */
const MAX_OUTPUT_BYTES = 64 * 1_024;

export type Run = (program: string, args: readonly string[], signal: AbortSignal) => Promise<string>;

/**
 * Runs a program of these folders (as in PATH) and gives what it prints. Throws where it is missing or fails; one that
 * the signal ends is waited for.
 */
export function createRun(path: string): Run {
  return (program, args, signal) =>
    new Promise((resolve, reject) => {
      const options = {
        env: { ...process.env, PATH: path },
        maxBuffer: MAX_OUTPUT_BYTES,
        killSignal: 'SIGKILL',
        windowsHide: true,
        signal,
      } as const;
      const child = execFile(program, args, options, (error, stdout) => {
        if (!error) return resolve(stdout);
        const hasBegun = child.pid !== undefined;
        const isOver = child.exitCode !== null || child.signalCode !== null;
        if (hasBegun && !isOver) child.once('exit', () => reject(error));
        else reject(error);
      });
    });
}

import { mkdir } from 'node:fs/promises';
import { OstlerError } from '../../src/errors.ts';

/** For its owner alone. Throws `storage`. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new OstlerError(`The folder ${folder} cannot be made.`, {
      code: 'storage',
      hint: `Choose another data_dir, or make it writable (${cause instanceof Error ? cause.message : cause}).`,
      cause,
    });
  });
}

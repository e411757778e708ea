import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OstlerError } from '../../src/errors.ts';

/** A question with its answer takes less. */
const PROBE_BYTES = 100_000;

/** Throws `storage` where a folder takes no more files. */
export async function tryToWrite(folder: string): Promise<void> {
  const probe = join(folder, '.probe');
  try {
    await writeFile(probe, 'x'.repeat(PROBE_BYTES));
  } catch (cause) {
    const hint = `Is the disk full, or may this user not write there? ${cause instanceof Error ? cause.message : ''}`;
    throw new OstlerError(`${folder} cannot be written.`, { code: 'storage', hint, cause });
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

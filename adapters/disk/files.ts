import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OstlerError } from '../../src/errors.ts';
import type { Files } from '../../src/ports/files.ts';

type Limits = { readonly maxBytes: number; readonly quotaBytes: number };

/** Pictures in a folder, each under the SHA-256 of its bytes. What was used longest ago goes first. Throws `storage`. */
export async function openFiles(folder: string, { maxBytes, quotaBytes }: Limits): Promise<Files> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeUnfinished(folder);
  } catch (cause) {
    throw storageError('The folder for pictures cannot be used.', cause);
  }

  /** The picture that was just kept stays, even where it alone is more than the quota. */
  async function makeRoom(kept: string): Promise<void> {
    const names = (await readdir(folder)).filter((name) => !isUnfinished(name));
    const files = (await Promise.all(names.map((name) => look(folder, name)))).flat();
    let total = files.reduce((sum, file) => sum + file.size, 0);
    for (const file of files.sort((one, other) => one.mtimeMs - other.mtimeMs)) {
      if (total <= quotaBytes) return;
      if (file.path === kept) continue;
      await rm(file.path, { force: true });
      total -= file.size;
    }
  }

  async function write(path: string, bytes: Uint8Array): Promise<void> {
    const unfinished = join(folder, `.${randomUUID()}`);
    try {
      // On the disk before the question that names it is.
      await writeFile(unfinished, bytes, { mode: 0o600, flush: true });
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => {});
      throw error;
    }
  }

  return {
    async keep(bytes, mediaType) {
      if (bytes.length > maxBytes) {
        throw new OstlerError('That picture is too large.', {
          code: 'bad_input',
          hint: `It may have ${maxBytes / 1e6} MB: files.max_mb.`,
        });
      }
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const path = join(folder, sha256);
      try {
        await write(path, bytes);
        await makeRoom(path);
      } catch (cause) {
        throw storageError('The picture could not be kept.', cause);
      }
      return { sha256, mediaType, sizeBytes: bytes.length };
    },

    async read({ sha256 }) {
      const path = join(folder, sha256);
      try {
        const now = new Date();
        await utimes(path, now, now);
        return await readFile(path);
      } catch (cause) {
        if (!isGone(cause)) throw storageError('The picture of this message could not be read.', cause);
        throw new OstlerError('The picture of this message is no longer there.', {
          code: 'bad_input',
          hint: 'Send it again; files.quota_mb bounds how many are kept.',
          cause,
        });
      }
    },
  };
}

/** Nobody else writes here: what has no name yet was left by a process that died. */
async function removeUnfinished(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter(isUnfinished);
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
}

const isUnfinished = (name: string) => name.startsWith('.');

/** Nothing, where another picture's arrival has evicted it meanwhile. */
async function look(folder: string, name: string) {
  const path = join(folder, name);
  try {
    const { size, mtimeMs } = await stat(path);
    return [{ path, size, mtimeMs }];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function storageError(message: string, cause: unknown): OstlerError {
  const hint = cause instanceof Error ? cause.message : String(cause);
  return new OstlerError(message, { code: 'storage', hint, cause, retryable: true });
}

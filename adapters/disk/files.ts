import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OstlerError } from '../../src/errors.ts';
import type { Files } from '../../src/ports/files.ts';

type Limits = { readonly maxBytes: number; readonly quotaBytes: number };

/** Pictures in a folder, each under the SHA-256 of its bytes. What was used longest ago goes first. */
export async function openFiles(folder: string, { maxBytes, quotaBytes }: Limits): Promise<Files> {
  await mkdir(folder, { recursive: true, mode: 0o700 });

  async function makeRoom(): Promise<void> {
    const names = await readdir(folder);
    const files = await Promise.all(
      names.map(async (name) => {
        const { size, mtimeMs } = await stat(join(folder, name));
        return { path: join(folder, name), size, mtimeMs };
      }),
    );
    let total = files.reduce((sum, file) => sum + file.size, 0);
    for (const file of files.sort((one, other) => one.mtimeMs - other.mtimeMs)) {
      if (total <= quotaBytes) return;
      await rm(file.path, { force: true });
      total -= file.size;
    }
  }

  return {
    async keep(bytes, mediaType) {
      if (bytes.length > maxBytes) {
        throw new OstlerError('That picture is too large.', {
          code: 'bad_input',
          hint: `It may have ${Math.floor(maxBytes / 1e6)} MB: files.max_mb.`,
        });
      }
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const path = join(folder, sha256);
      try {
        const partial = join(folder, `.${randomUUID()}`);
        await writeFile(partial, bytes, { mode: 0o600 });
        await rename(partial, path);
        await makeRoom();
      } catch (cause) {
        throw new OstlerError('The picture could not be kept.', {
          code: 'storage',
          hint: cause instanceof Error ? cause.message : String(cause),
          cause,
          retryable: true,
        });
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
        throw new OstlerError('The picture of this message is no longer there.', {
          code: 'bad_input',
          hint: 'Send it again; files.quota_mb bounds how many are kept.',
          cause,
        });
      }
    },
  };
}

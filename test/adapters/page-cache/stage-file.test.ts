import { mkdtemp, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stageFile } from '../../../adapters/page-cache/stage-file.ts';

const never = new AbortController().signal;

async function fileOf(bytes: number): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'ostler-')), 'weights');
  await writeFile(path, '');
  await truncate(path, bytes);
  return path;
}

it('reads a whole file', async () => {
  expect(await stageFile(await fileOf(10_000_001), never)).toBe(10_000_001);
});

it('says why a file cannot be read, and whether that may pass', async () => {
  const reading = stageFile('/nowhere/weights', never);
  await expect(reading).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching('ENOENT'),
  });
  await expect(stageFile(tmpdir(), never)).rejects.toMatchObject({ code: 'EISDIR' });
});

it('ends at once, in the middle of a file', async () => {
  const leave = new AbortController();
  // Sparse: nobody could wait until all of it is read.
  const reading = stageFile(await fileOf(8 * 1_024 ** 4), leave.signal);
  leave.abort(new Error('a load needs the disk'));
  await expect(reading).rejects.toThrow('a load needs the disk');
  await expect(stageFile('any', leave.signal)).rejects.toThrow('a load needs the disk');
});

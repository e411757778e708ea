import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFiles } from '../../../adapters/disk/files.ts';
import { temporaryFolder } from '../../servers/ostler.ts';

const LIMITS = { maxBytes: 1_000, quotaBytes: 3_000 };
const picture = (letter: string, size = 1_000) => Buffer.alloc(size, letter);
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Makes a picture as old as if it had last been used so many minutes ago. */
async function age(folder: string, bytes: Uint8Array, minutes: number): Promise<void> {
  const then = new Date(Date.now() - minutes * 60_000);
  await utimes(join(folder, hashOf(bytes)), then, then);
}

describe('a picture', () => {
  it('is kept under the hash of its bytes, readable by nobody else, and read back', async () => {
    const folder = await temporaryFolder();
    const files = await openFiles(folder, LIMITS);
    const kept = await files.keep(picture('a'), 'image/png');
    expect(kept).toEqual({ sha256: hashOf(picture('a')), mediaType: 'image/png', sizeBytes: 1_000 });
    expect(await files.read(kept)).toEqual(picture('a'));
    expect(await readdir(folder)).toEqual([kept.sha256]);
    expect((await stat(join(folder, kept.sha256))).mode & 0o777).toBe(0o600);
  });

  it('that comes twice is there once', async () => {
    const folder = await temporaryFolder();
    const files = await openFiles(folder, LIMITS);
    const both = await Promise.all([
      files.keep(picture('a'), 'image/png'),
      files.keep(picture('a'), 'image/jpeg'),
    ]);
    expect(both.map(({ mediaType }) => mediaType)).toEqual(['image/png', 'image/jpeg']);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('that is too large is refused, with the limit', async () => {
    const folder = await temporaryFolder();
    const files = await openFiles(folder, { ...LIMITS, maxBytes: 500_000 });
    await expect(files.keep(picture('a', 500_001), 'image/png')).rejects.toMatchObject({
      code: 'bad_input',
      hint: 'It may have 0.5 MB: files.max_mb.',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('that is gone is asked for again', async () => {
    const folder = await temporaryFolder();
    const files = await openFiles(folder, LIMITS);
    const kept = await files.keep(picture('a'), 'image/png');
    await rm(join(folder, kept.sha256));
    await expect(files.read(kept)).rejects.toMatchObject({ code: 'bad_input', retryable: false });
  });

  it('that cannot be read now may be read later', async () => {
    const folder = await temporaryFolder();
    const files = await openFiles(folder, LIMITS);
    const kept = await files.keep(picture('a'), 'image/png');
    await rm(join(folder, kept.sha256));
    await mkdir(join(folder, kept.sha256));
    await expect(files.read(kept)).rejects.toMatchObject({ code: 'storage', retryable: true });
  });
});

describe('when the quota is full', () => {
  it('what was used longest ago goes, and being read is a use', async () => {
    const folder = await temporaryFolder();
    const files = await openFiles(folder, LIMITS);
    for (const [index, letter] of ['a', 'b', 'c'].entries()) {
      await files.keep(picture(letter), 'image/png');
      await age(folder, picture(letter), 30 - index);
    }
    await files.read({ sha256: hashOf(picture('a')), mediaType: 'image/png', sizeBytes: 1_000 });
    await files.keep(picture('d'), 'image/png');
    expect((await readdir(folder)).sort()).toEqual(['a', 'c', 'd'].map((one) => hashOf(picture(one))).sort());
  });

  it('the picture that has just come stays, even if it alone is more', async () => {
    const folder = await temporaryFolder();
    const files = await openFiles(folder, { ...LIMITS, quotaBytes: 500 });
    await files.keep(picture('a'), 'image/png');
    const kept = await files.keep(picture('b'), 'image/png');
    expect(await readdir(folder)).toEqual([kept.sha256]);
  });

  it('many pictures at once all find their place, whatever others evict meanwhile', async () => {
    const folder = await temporaryFolder();
    const files = await openFiles(folder, LIMITS);
    const letters = Array.from({ length: 100 }, (_, index) => picture(String.fromCharCode(256 + index)));
    const kept = await Promise.all(letters.map((bytes) => files.keep(bytes, 'image/png')));
    expect(kept).toHaveLength(100);
    await files.keep(picture('z'), 'image/png');
    const sizes = (await readdir(folder)).length * 1_000;
    expect(sizes).toBeLessThanOrEqual(LIMITS.quotaBytes);
  });
});

describe('the folder', () => {
  it('is freed at the start of what a dead process left unfinished', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.half'), 'ha');
    await writeFile(join(folder, 'whole'), 'whole');
    await openFiles(folder, LIMITS);
    expect(await readdir(folder)).toEqual(['whole']);
  });

  it('that is none is a failure of the storage', async () => {
    const place = join(await temporaryFolder(), 'file');
    await writeFile(place, '');
    await expect(openFiles(place, LIMITS)).rejects.toMatchObject({ code: 'storage' });
  });

  it('that takes nothing fails the picture and holds no half of it', async () => {
    const folder = await temporaryFolder();
    const files = await openFiles(folder, LIMITS);
    await mkdir(join(folder, hashOf(picture('a'))));
    await expect(files.keep(picture('a'), 'image/png')).rejects.toMatchObject({
      code: 'storage',
      retryable: true,
    });
    expect(await readdir(folder)).toEqual([hashOf(picture('a'))]);
  });
});

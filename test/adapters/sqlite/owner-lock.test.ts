import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeOwnership } from '../../../adapters/sqlite/owner-lock.ts';
import { startChild } from '../../contract/children.ts';

describe('a data folder has one owner', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ostler-owner-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('refuses a second owner with the folder and what to do, and takes it after a release', () => {
    const first = takeOwnership(folder);
    expect(() => takeOwnership(folder)).toThrow(
      expect.objectContaining({
        code: 'already_running',
        message: `Another Ostler runs on ${folder}.`,
        hint: expect.stringContaining('Stop that one first'),
      }),
    );
    first.release();
    first.release();
    takeOwnership(folder).release();
  });

  it('refuses it while another process lives, and takes it at once when that was killed', async () => {
    const child = await startChild('../adapters/sqlite/owner.child.ts', folder);
    expect(() => takeOwnership(folder)).toThrow('Another Ostler runs on');
    expect(() => takeOwnership(folder), 'a refused try takes nothing away').toThrow('Another Ostler');
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    takeOwnership(folder).release();
  });

  it('stays the owner when a program reads the lock file', async () => {
    const child = await startChild('../adapters/sqlite/owner.child.ts', folder);
    await readFile(join(folder, 'ostler.lock'));
    expect(() => takeOwnership(folder)).toThrow('Another Ostler runs on');
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('makes the folder, and lets nobody else into the lock file', async () => {
    const deep = join(folder, 'a', 'b');
    takeOwnership(deep).release();
    expect((await stat(join(deep, 'ostler.lock'))).mode & 0o777).toBe(0o600);
  });

  it('says what is wrong when a file stands where the folder should be', async () => {
    const path = join(folder, 'file');
    await writeFile(path, '');
    expect(() => takeOwnership(path)).toThrow(expect.objectContaining({ code: 'storage' }));
  });
});

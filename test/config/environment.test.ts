import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configPath } from '../../src/config/config-path.ts';
import { readEnv } from '../../src/config/env.ts';

describe('.env', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ostler-env-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is read under the real environment, which wins', async () => {
    await writeFile(join(folder, '.env'), 'A=file\nB="of the file" # why\n');
    expect(await readEnv(folder, { A: 'real' })).toEqual({ A: 'real', B: 'of the file' });
  });

  test('may be missing', async () => {
    expect(await readEnv(folder, { A: 'real' })).toEqual({ A: 'real' });
  });

  test('that cannot be read is an error', async () => {
    await mkdir(join(folder, '.env'));
    await expect(readEnv(folder, {})).rejects.toThrow(
      `${folder}/.env: cannot be read (EISDIR). Make it a file that this user may read, or remove it.`,
    );
  });
});

describe('the file that is read', () => {
  test.each([
    ['is config/ostler.yaml', {}, '/inn/config/ostler.yaml'],
    ['is named by OSTLER_CONFIG', { env: { OSTLER_CONFIG: '/etc/o.yaml' } }, '/etc/o.yaml'],
    ["is named by OSTLER_CONFIG from Ostler's folder", { env: { OSTLER_CONFIG: 'o.yaml' } }, '/inn/o.yaml'],
    ['is the usual one if OSTLER_CONFIG is empty', { env: { OSTLER_CONFIG: '' } }, '/inn/config/ostler.yaml'],
    ['is named by --config before all', { flag: '/o.yaml', env: { OSTLER_CONFIG: 'no.yaml' } }, '/o.yaml'],
    ['is named by --config from where one is', { flag: 'o.yaml' }, resolve('o.yaml')],
  ])('%s', (_, choice, expected) => {
    expect(configPath({ env: {}, root: '/inn', ...choice })).toBe(expected);
  });
});

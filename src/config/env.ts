import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Env } from './interpolate.ts';
import { ConfigError } from './mistakes.ts';

/** The variables of `.env` in this folder under those of the real environment, which win. Throws ConfigError. */
export async function readEnv(folder: string, processEnv: Env): Promise<Env> {
  const file = join(folder, '.env');
  try {
    return { ...parseEnv(await readFile(file, 'utf8')), ...processEnv };
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    if (code === 'ENOENT') return processEnv;
    const fix = 'Make it a file that this user may read, or remove it.';
    throw new ConfigError([{ file, where: '', message: `cannot be read (${code})`, fix }], { cause });
  }
}

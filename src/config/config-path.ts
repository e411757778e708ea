import { join, resolve } from 'node:path';
import type { Env } from './interpolate.ts';

type Choice = {
  /** What `--config` named; relative to the folder one is in. */
  readonly flag?: string | undefined;
  readonly env: Env;
  /** Ostler's folder: OSTLER_CONFIG is relative to it, because it may stand in its `.env`. */
  readonly root: string;
};

/** Which file is read: `--config`, else OSTLER_CONFIG, else `config/ostler.yaml`. */
export function configPath({ flag, env, root }: Choice): string {
  if (flag) return resolve(flag);
  return env.OSTLER_CONFIG ? resolve(root, env.OSTLER_CONFIG) : join(root, 'config', 'ostler.yaml');
}

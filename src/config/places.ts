import { dirname, join, resolve } from 'node:path';
import { configPath } from './config-path.ts';
import { readEnv } from './env.ts';
import { loadConfig } from './load.ts';
import type { Config } from './schema.ts';
import type { Source } from './watch-config.ts';

/** Ostler's own folder: relative paths in the config and `.env` mean it. */
const ROOT = dirname(dirname(import.meta.dirname));

/** The configuration that `--config`, the environment or `.env` names. Throws ConfigError. */
export async function findConfig(flag: string | undefined): Promise<Source> {
  const path = configPath({ flag, env: await readEnv(ROOT, process.env), root: ROOT });
  return {
    files: [path, join(ROOT, '.env')],
    load: async () => (await loadConfig({ path, env: await readEnv(ROOT, process.env) })).config,
  };
}

export async function readConfig(flag: string | undefined): Promise<Config> {
  return (await findConfig(flag)).load();
}

export const dataFolder = (config: Config): string => resolve(ROOT, config.data_dir);
export const controlPath = (config: Config): string => join(dataFolder(config), 'control.sock');

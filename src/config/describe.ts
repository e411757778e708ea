import { stringify } from 'yaml';
import type { Config } from './schema.ts';
import { maskSecrets } from './secrets.ts';

/** The configuration as it is in force, defaults included, as YAML; secrets are masked. */
export function describeConfig(config: Config): string {
  return stringify(maskSecrets(config), { lineWidth: 0 });
}

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCacheFile } from '../../adapters/sqlite/cache-file.ts';
import { cacheRows } from '../../adapters/sqlite/cache-rows.ts';
import { sqliteCacheTier } from '../../adapters/sqlite/cache-tier.ts';
import { cacheTierContract } from './cache-tier-contract.ts';

const maxBytes = 50_000_000;

cacheTierContract('The cache on a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-cache-'));
  const path = join(folder, 'cache.db');
  const beside = join(folder, 'ostler.db');
  return {
    tier: sqliteCacheTier(path, { maxBytes }),
    other: sqliteCacheTier(path, { maxBytes }),
    putBeside: () => writeFile(beside, 'beside'),
    isBeside: async () => (await readFile(beside, 'utf8')) === 'beside',
    async putForeign(key, text) {
      const db = openCacheFile(path);
      cacheRows(db, maxBytes).write(key, text, null);
      db.close();
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { type SqliteCacheOptions, sqliteCacheTier } from '../../../adapters/sqlite/cache-tier.ts';
import type { OstlerError } from '../../../src/errors.ts';
import type { TierHealth } from '../../../src/ports/cache-tier.ts';

export const maxBytes = 50_000_000;
/** So long that no test waits for it. In milliseconds. */
export const NEVER = 600_000;
export const HOUR_MS = 3_600_000;
export const ERROR = { kind: 'error' };
export const MISS = { kind: 'miss' };

/** A folder with room for the file of a cache, for one test. */
export async function cacheHome() {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-cache-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'data', 'cache.db');

  function watchedTier(options: Partial<SqliteCacheOptions> = {}) {
    const told: TierHealth[] = [];
    const errors: OstlerError[] = [];
    const onError = (error: OstlerError) => errors.push(error);
    const tier = sqliteCacheTier(path, { maxBytes, retryMs: NEVER, onError, ...options });
    tier.onHealth((health) => told.push(health));
    onTestFinished(() => tier.close());
    return { tier, errors, states: () => told.map(({ state }) => state) };
  }

  return {
    folder,
    path,
    watchedTier,
    async fill(count: number, bytes: number, ttlMs: number | undefined = undefined): Promise<void> {
      const { tier } = watchedTier();
      for (let n = 0; n < count; n += 1) await tier.set(`key${n}`, 'x'.repeat(bytes), ttlMs);
      await tier.close();
    },
    async put(content: string): Promise<void> {
      await mkdir(join(folder, 'data'), { recursive: true });
      await writeFile(path, content, 'latin1');
    },
  };
}

export function rowsIn(db: DatabaseSync): number {
  return Number(db.prepare('SELECT count(*) AS n FROM entries').get()?.n);
}

import { memoryRates } from '../../adapters/memory/rates.ts';
import { openSqliteStorage } from '../../adapters/sqlite/open-storage.ts';
import type { Config } from '../config/schema.ts';
import type { OstlerError } from '../errors.ts';
import type { Logger } from '../ports/logger.ts';
import type { Storage } from '../ports/storage.ts';

/** Files in the data folder, or Redis where the config names one. */
export async function openStorage({ redis, llm }: Config, folder: string, logger: Logger): Promise<Storage> {
  const onError = (error: OstlerError) => logger.error({ code: error.code, hint: error.hint }, error.message);
  if (redis.url === '') return { ...openSqliteStorage(folder, onError), rates: memoryRates() };
  const { openRedisStorage } = await import('../../adapters/redis/open-storage.ts');
  return openRedisStorage(redis, { parallel: llm.parallel, onError, onLost: loseOwnership });
}

/** Two owners would answer twice. Everything is durable: the supervisor starts us again. */
function loseOwnership(): void {
  process.stderr.write('ostler: another Ostler took over this Redis; ending.\n');
  process.exit(1);
}

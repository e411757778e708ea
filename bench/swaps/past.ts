import { makeFolder } from '../../adapters/disk/make-folder.ts';
import { openSqliteStorage } from '../../adapters/sqlite/open-storage.ts';
import type { Ollama } from '../../demo/ollama/ollama.ts';
import { openLoadHistory } from '../../src/models/load-history.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { CONTEXT_TOKENS, type Setting, tagOf } from './machine.ts';

type Listed = { readonly model: string; readonly digest: string; readonly size: number };

/**
 * Leaves in a bot's folder how long each model's loads take, as a bot knows it that has been here for a while: the
 * simulated scheduler knows it from the beginning, too.
 */
export async function leavePast(
  { trace: { models } }: Setting,
  { ollama, folder, logger }: { readonly ollama: Ollama; readonly folder: string; readonly logger: Logger },
): Promise<void> {
  const answer = await fetch(`${ollama.url}/api/tags`);
  const listed = ((await answer.json()) as { readonly models: readonly Listed[] }).models;
  await makeFolder(folder);
  const storage = openSqliteStorage(folder, (error) => logger.error({ hint: error.hint }, error.message));
  const history = await openLoadHistory({ store: storage.store, logger });
  for (const [at, { coldSeconds, warmSeconds }] of models.entries()) {
    const found = listed.find(({ model }) => model === tagOf(models, at));
    if (!found) throw new Error(`There is no model ${at}.`);
    const { digest, size: sizeBytes } = found;
    const measured = { host: ollama.url, digest, numCtx: CONTEXT_TOKENS, sizeBytes };
    history.note({ ...measured, tier: 'cold', ms: coldSeconds * 1_000 });
    history.note({ ...measured, tier: 'warm', ms: warmSeconds * 1_000 });
  }
  await history.settled();
  await storage.close();
}

import { OstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Installed, ModelDetails, ModelServer } from '../ports/models.ts';
import { askWithin } from './ask-server.ts';
import { findInstalled } from './catalogue.ts';
import { isCloudTag } from './tag.ts';

/** The models on one server's own disk, as it was last told. */
export type Inventory = {
  refresh(stopped: AbortSignal): Promise<void>;
  list(): readonly Installed[];
  find(tag: string): Installed | undefined;
  /** Whether it was read within the last `ms`. */
  isFresh(ms: number): boolean;
};

/** Servers that don't list a model's capabilities are asked for them once per digest. */
export function createInventory(server: ModelServer, clock: Clock, timeoutMs: number): Inventory {
  let models: readonly Installed[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  let details = new Map<string, ModelDetails>();

  async function describe(model: Installed, stopped: AbortSignal): Promise<Installed> {
    if (model.capabilities) return model;
    const known = details.get(model.digest) ?? (await show(model.tag, stopped));
    if (!known) return model;
    details.set(model.digest, known);
    return { ...model, capabilities: known.capabilities };
  }

  /** One damaged model must not hide the others. */
  async function show(tag: string, stopped: AbortSignal): Promise<ModelDetails | undefined> {
    try {
      return await askWithin(timeoutMs, stopped, (signal) => server.show(tag, signal));
    } catch (error) {
      if (error instanceof OstlerError && error.code !== 'unreachable') return undefined;
      throw error;
    }
  }

  return {
    async refresh(stopped) {
      const listed = await askWithin(timeoutMs, stopped, (signal) => server.list(signal));
      // What runs elsewhere is not ours to use without consent.
      const local = listed.filter(({ tag, remote }) => !remote && !isCloudTag(tag));
      models = await Promise.all(local.map((model) => describe(model, stopped)));
      const digests = new Set(models.map((model) => model.digest));
      details = new Map([...details].filter(([digest]) => digests.has(digest)));
      readAt = clock.now();
    },
    list: () => models,
    find: (tag) => findInstalled(tag, models),
    isFresh: (ms) => clock.now() - readAt <= ms,
  };
}

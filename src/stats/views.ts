import type { OpenCache } from '../cache/open-cache.ts';
import type { Front } from '../chat/front.ts';
import type { Config } from '../config/schema.ts';
import { maskUrl } from '../config/secrets.ts';
import type { NamedModel } from '../models/catalogue.ts';
import type { Stable } from '../models/stable.ts';
import { cacheStatsOf } from './cache-stats.ts';
import { llmStatsOf } from './llm-stats.ts';
import { memoryOf } from './memory-view.ts';
import { statusOf } from './status.ts';
import type { SwapStats } from './swap-stats.ts';

/** Somebody looks at the models: what is shown is at most this old. */
const VIEW_FRESH_MS = 2_000;

type Needs = {
  readonly stable: Pick<Stable, 'view' | 'refresh' | 'resync' | 'costs' | 'loading'>;
  readonly cache: Pick<OpenCache, 'counts' | 'cache'>;
  readonly swaps: Pick<SwapStats, 'counted'>;
  readonly config: () => Config;
  readonly named: () => readonly NamedModel[];
  readonly version: string;
  /** Runs for one question of the terminal only. */
  readonly passing: boolean;
  readonly storeWorks: () => Promise<boolean>;
  readonly isStopping: () => boolean;
};

/** What people and programs see of the house. */
export function createViews(needs: Needs) {
  const { stable, cache, swaps, config, named, version, passing, storeWorks, isStopping } = needs;

  function status() {
    stable.refresh(VIEW_FRESH_MS);
    const url = maskUrl(config().llm.base_url);
    const seen = statusOf(stable.view(), { url, version, named: named() });
    return passing ? { ...seen, passing } : seen;
  }

  const cacheStats = () => cacheStatsOf(cache.counts, cache.cache, config().response_cache);

  return {
    status,
    memory: () => memoryOf(stable.view(), stable.costs(), stable.loading()),
    resync: stable.resync,
    cacheStats,
    llmStats: () =>
      llmStatsOf(swaps.counted(), {
        cache_strategy: config().llm.cache.type,
        loaded_models: stable.view().models.flatMap(({ tag, state }) => (state === 'ready' ? [tag] : [])),
        response_cache: cacheStats(),
      }),
    async parts() {
      const { ollama } = status();
      return { cache: cacheStats(), ollama, storeWorks: await storeWorks(), stopping: isStopping() };
    },
  } satisfies Partial<Front>;
}

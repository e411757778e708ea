import { type LlmStats, llmStatsOf } from '../../src/stats/llm-stats.ts';
import { statsOfCache } from './cache-stats.ts';

/** Of models of which none was swapped yet; some of it may be otherwise. */
export function statsOfModels(change: Partial<LlmStats> = {}): LlmStats {
  const nothing = { since: 0, hits: 0, misses: 0, models: {} };
  const given = { cache_strategy: 'ram', loaded_models: [], response_cache: statsOfCache() } as const;
  return { ...llmStatsOf(nothing, given), ...change };
}

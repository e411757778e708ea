import { quantile } from '../quantile.ts';
import type { CacheStats } from './cache-stats.ts';
import type { SwapStats } from './swap-stats.ts';

/** What one model's swaps cost. */
type ModelSwapStats = {
  readonly swaps: number;
  readonly avg_swap_time_ms: number;
  readonly p95_swap_time_ms: number;
  /** Of all swaps together. */
  readonly total_swap_time_ms: number;
};

/** The figures of `GET /api/llm/stats`. */
export type LlmStats = {
  /** Milliseconds since 1970: what is counted since. */
  readonly since: number;
  readonly cache_strategy: 'ram' | 'ssd' | 'none';
  readonly loaded_models: readonly string[];
  /** Of questions that found their model in memory, 0–1. */
  readonly cache_hit_rate: number;
  readonly cache_hits: number;
  readonly cache_misses: number;
  readonly swaps: number;
  /** Over the last swaps; 0: there was none. */
  readonly avg_swap_time_ms: number;
  readonly p95_swap_time_ms: number;
  readonly models: Readonly<Record<string, ModelSwapStats>>;
  readonly response_cache: CacheStats;
};

type Given = Pick<LlmStats, 'cache_strategy' | 'loaded_models' | 'response_cache'>;

export function llmStatsOf({ since, hits, misses, models }: ReturnType<SwapStats['counted']>, given: Given) {
  const all = Object.values(models);
  const stats: LlmStats = {
    since,
    ...given,
    cache_hit_rate: hits + misses === 0 ? 0 : hits / (hits + misses),
    cache_hits: hits,
    cache_misses: misses,
    swaps: all.reduce((sum, { swaps }) => sum + swaps, 0),
    ...timesOf(all.flatMap(({ lastMs }) => lastMs)),
    models: Object.fromEntries(
      Object.entries(models).map(([tag, { swaps, totalMs, lastMs }]) => [
        tag,
        { swaps, ...timesOf(lastMs), total_swap_time_ms: Math.round(totalMs) },
      ]),
    ),
  };
  return stats;
}

function timesOf(ms: readonly number[]): Pick<LlmStats, 'avg_swap_time_ms' | 'p95_swap_time_ms'> {
  const sorted = ms.toSorted((one, other) => one - other);
  const average = sorted.reduce((sum, one) => sum + one, 0) / Math.max(1, sorted.length);
  return { avg_swap_time_ms: Math.round(average), p95_swap_time_ms: Math.round(quantile(sorted, 0.95)) };
}

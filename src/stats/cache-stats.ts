import { type Bypass, type Counts, rateOf, type TierCounts } from '../cache/counters.ts';
import type { Eviction } from '../cache/memory-tier.ts';
import type { ResponseCache } from '../cache/response-cache.ts';
import type { Config } from '../config/schema.ts';

/** Counts of one tier; rates are between 0 and 1. The names are those of the JSON that programs read. */
export type TierStats = {
  readonly hits: number;
  readonly misses: number;
  readonly sets: number;
  readonly errors: number;
  readonly total_requests: number;
  readonly hit_rate: number;
  /** Time until it answered, where that takes any. */
  readonly mean_milliseconds: number;
  /** Null: not known. */
  readonly entries: number | null;
};

export type CacheStats = {
  readonly enabled: boolean;
  /** Since when these are counted: milliseconds since 1970. */
  readonly since: number;
  readonly hits: number;
  readonly misses: number;
  readonly sets: number;
  readonly evictions: number;
  readonly errors: number;
  readonly total_requests: number;
  readonly hit_rate: number;
  /** Of the hits: had the answer of an equal question that was being answered. */
  readonly shared: number;
  /** Questions that did not ask the cache, by why. */
  readonly bypassed: Readonly<Record<Bypass, number>>;
  readonly saved_seconds: number;
  readonly saved_tokens: number;
  readonly l1: TierStats & {
    readonly bytes: number;
    readonly evictions: Readonly<Record<Eviction, number>>;
  };
  readonly l2:
    | (TierStats & { readonly backend: string; readonly state: string; readonly detail: string })
    | null;
  /** One line for people: how well it works, and why. */
  readonly verdict: string;
};

/** Too few say nothing. */
const ENOUGH = 20;
const GOOD_RATE = 0.3;

export function cacheStatsOf(
  counts: Counts,
  cache: Pick<ResponseCache, 'entries' | 'l2'>,
  settings: Config['response_cache'],
): CacheStats {
  const { l1, l1Bytes, l2 } = cache.entries();
  const { hits, misses, shared, since, bypassed, evictions } = counts;
  const tier = cache.l2();
  return {
    enabled: settings.enabled,
    since,
    hits,
    misses,
    sets: counts.l1.sets,
    evictions: sum(evictions),
    errors: counts.l1.errors + counts.l2.errors,
    total_requests: hits + misses,
    hit_rate: rateOf(counts),
    shared,
    bypassed: { ...bypassed },
    saved_seconds: counts.savedSeconds,
    saved_tokens: counts.savedTokens,
    l1: { ...tierOf(counts.l1, l1), bytes: l1Bytes, evictions: { ...evictions } },
    l2: tier ? { ...tierOf(counts.l2, l2), ...tier } : null,
    verdict: verdictOf(counts, settings),
  };
}

function tierOf(tier: TierCounts, entries: number | undefined): TierStats {
  const { hits, misses, sets, errors, milliseconds } = tier;
  const total = hits + misses;
  return {
    hits,
    misses,
    sets,
    errors,
    total_requests: total,
    hit_rate: rateOf(tier),
    mean_milliseconds: total === 0 ? 0 : milliseconds / total,
    entries: entries ?? null,
  };
}

function verdictOf(counts: Counts, { enabled, temperature_max }: Config['response_cache']): string {
  const { hits, misses, bypassed, evictions } = counts;
  const asked = hits + misses;
  const all = asked + sum(bypassed);
  if (!enabled) return 'It is off (response_cache.enabled).';
  if (all < ENOUGH) return 'Too few questions yet to say how well it works.';
  if (bypassed.temperature > all / 2) {
    return `Most answers may turn out differently: their temperature is above ${temperature_max} (response_cache.temperature_max).`;
  }
  if (bypassed.rule > all / 2) return 'Most questions match a rule that says cache: false.';
  if (rateOf(counts) >= GOOD_RATE) return 'It works well.';
  if (evictions.capacity + evictions.bytes > misses / 2) {
    return 'Answers leave memory for want of room: raise response_cache.l1.max_entries or max_bytes.';
  }
  if (counts.l2.sets === 0 && evictions.ttl + evictions.tti > misses / 2) {
    return 'Answers expire before they are asked for again: raise response_cache.l1.ttl and tti, or use a second tier.';
  }
  if (counts.l2.errors > misses / 2) return 'Its second tier fails: see its state.';
  return 'Most questions are unique: only what stands alone, or is asked again in the same words, can hit.';
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

import {
  type Bypass,
  type Counts,
  LATENCY_BOUNDS_MS,
  rateOf,
  sumOf,
  type TierCounts,
} from '../cache/counters.ts';
import type { Eviction } from '../cache/memory-tier.ts';
import type { ResponseCache } from '../cache/response-cache.ts';
import type { Config } from '../config/schema.ts';
import { verdictOf } from './cache-verdict.ts';

/** How many answers took so long; null: longer than all others. */
type LatencyClass = { readonly at_most_milliseconds: number | null; readonly count: number };

/** Counts of one tier; rates are between 0 and 1. The names are those of the JSON that programs read. */
export type TierStats = {
  readonly hits: number;
  readonly misses: number;
  readonly sets: number;
  /** It could not be asked, gave what is no answer, or took none: the first of these are no misses. */
  readonly errors: number;
  /** Entries that left by themselves. In Redis they are counted now and then only. */
  readonly evictions: Readonly<Record<Eviction, number>>;
  readonly total_requests: number;
  readonly hit_rate: number;
  /** Time until it answered; null: it never did. What failed is not in it. */
  readonly mean_milliseconds: number | null;
  /** 99 % of its answers took no longer; null: not known, or longer than can be told. */
  readonly p99_milliseconds: number | null;
  readonly latency: readonly LatencyClass[];
  /** In the second tier about. Null: not known. */
  readonly entries: number | null;
  readonly bytes: number | null;
};

export type CacheStats = {
  readonly enabled: boolean;
  /** Since when these are counted: milliseconds since 1970. */
  readonly since: number;
  readonly hits: number;
  readonly misses: number;
  readonly sets: number;
  /** Of memory. */
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
  readonly l1: TierStats;
  readonly l2:
    | (TierStats & { readonly backend: string; readonly state: string; readonly detail: string })
    | null;
  /** One line for people: how well it works of late, and why. */
  readonly verdict: string;
};

export function cacheStatsOf(
  counts: Counts,
  cache: Pick<ResponseCache, 'entries' | 'l2'>,
  settings: Config['response_cache'],
): CacheStats {
  const { l1, l1Bytes, l2, l2Bytes } = cache.entries();
  const { hits, misses, shared, since, bypassed, recent } = counts;
  const tier = cache.l2();
  return {
    enabled: settings.enabled,
    since,
    hits,
    misses,
    sets: counts.l1.sets,
    evictions: sumOf(counts.l1.evictions),
    errors: counts.l1.errors + counts.l2.errors,
    total_requests: hits + misses,
    hit_rate: rateOf(counts),
    shared,
    bypassed: { ...bypassed },
    saved_seconds: counts.savedSeconds,
    saved_tokens: counts.savedTokens,
    l1: tierOf(counts.l1, l1, l1Bytes),
    l2: tier ? { ...tierOf(counts.l2, l2, l2Bytes), ...tier } : null,
    verdict: verdictOf(recent, { settings, hasSecond: tier !== undefined }),
  };
}

function tierOf(tier: TierCounts, entries: number | undefined, bytes: number | undefined): TierStats {
  const { hits, misses, sets, errors, milliseconds, evictions } = tier;
  const latency = latencyOf(tier);
  return {
    hits,
    misses,
    sets,
    errors,
    evictions: { ...evictions },
    total_requests: hits + misses,
    hit_rate: rateOf(tier),
    mean_milliseconds: meanOf(milliseconds, latency),
    p99_milliseconds: boundOf(latency, 0.99),
    latency,
    entries: entries ?? null,
    bytes: bytes === undefined ? null : Math.round(bytes),
  };
}

function latencyOf({ latencies }: TierCounts): readonly LatencyClass[] {
  return latencies.map((count, at) => ({ at_most_milliseconds: LATENCY_BOUNDS_MS[at] ?? null, count }));
}

function meanOf(milliseconds: number, classes: readonly LatencyClass[]): number | null {
  const answers = countOf(classes);
  return answers === 0 ? null : milliseconds / answers;
}

function countOf(classes: readonly LatencyClass[]): number {
  return classes.reduce((sum, { count }) => sum + count, 0);
}

/** The bound of the class that such a share of the answers reaches. */
function boundOf(classes: readonly LatencyClass[], share: number): number | null {
  const wanted = share * countOf(classes);
  if (wanted === 0) return null;
  let reached = 0;
  for (const { at_most_milliseconds: bound, count } of classes) {
    reached += count;
    if (reached >= wanted) return bound;
  }
  return null;
}

import type { Eviction } from './memory-tier.ts';

/** Why a question did not ask the cache. */
export type Bypass = 'off' | 'temperature' | 'rule' | 'refresh' | 'unknown_model' | 'no_key';

export type TierCounts = {
  hits: number;
  misses: number;
  sets: number;
  errors: number;
  /** Sum of the times until it answered. */
  milliseconds: number;
};

/** Everything that is counted since the counters began. Mutable: the cache counts in it. */
export type Counts = {
  /** Milliseconds since 1970. */
  since: number;
  hits: number;
  misses: number;
  /** Had the answer of an equal question that was being answered. */
  shared: number;
  bypassed: Record<Bypass, number>;
  savedSeconds: number;
  savedTokens: number;
  l1: TierCounts;
  l2: TierCounts;
  evictions: Record<Eviction, number>;
};

const noTier = (): TierCounts => ({ hits: 0, misses: 0, sets: 0, errors: 0, milliseconds: 0 });

export function noCounts(since: number): Counts {
  return {
    since,
    hits: 0,
    misses: 0,
    shared: 0,
    bypassed: { off: 0, temperature: 0, rule: 0, refresh: 0, unknown_model: 0, no_key: 0 },
    savedSeconds: 0,
    savedTokens: 0,
    l1: noTier(),
    l2: noTier(),
    evictions: { capacity: 0, bytes: 0, ttl: 0, tti: 0 },
  };
}

/** What was kept by an earlier version lacks what was not counted then. */
export function restoreCounts(kept: unknown, since: number): Counts {
  const empty = noCounts(since);
  if (typeof kept !== 'object' || kept === null) return empty;
  return merge(empty, kept as Record<string, unknown>) as Counts;
}

function merge(base: Record<string, unknown>, kept: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(base).map(([key, value]) => {
      const other = kept[key];
      if (typeof value === 'number') return [key, typeof other === 'number' ? other : value];
      const inner = typeof other === 'object' && other !== null ? (other as Record<string, unknown>) : {};
      return [key, merge(value as Record<string, unknown>, inner)];
    }),
  );
}

export function rateOf({ hits, misses }: { readonly hits: number; readonly misses: number }): number {
  return hits + misses === 0 ? 0 : hits / (hits + misses);
}

import type { Eviction } from './memory-tier.ts';

/** Why a question did not ask the cache. */
export type Bypass = 'off' | 'temperature' | 'rule' | 'refresh' | 'unknown_model' | 'no_key';

/** Why an answer is not given again: `cut_off`: it is no whole one; `failed`: that could not be found out. */
export type Unkept = Exclude<Bypass, 'refresh'> | 'cut_off' | 'failed';

/**
 * Why an answer was not there: it was not kept before, as far as is remembered; its life was over; it had to make
 * room; or the second tier could not give or take it.
 */
export type Missed = 'new' | 'expired' | 'room' | 'failed';

/** The classes of how long a tier takes to answer, in milliseconds; what takes longer is in one more. */
export const LATENCY_BOUNDS_MS = [0.005, 0.02, 0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100, 250];

/** So many questions at most are the recent ones, and half of them at least. */
const RECENT = 200;

export type TierCounts = {
  hits: number;
  misses: number;
  sets: number;
  /** It could not be asked, what it gave was no answer, or it did not take one. */
  errors: number;
  /** Sum of the times until it answered. What failed is not among them. */
  milliseconds: number;
  /** How many of them took how long, by class. */
  latencies: number[];
  evictions: Record<Eviction, number>;
};

/** How the last questions fared. Halved again and again: no whole numbers. */
export type Recent = {
  hits: number;
  missed: Record<Missed, number>;
  bypassed: Record<Bypass, number>;
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
  recent: Recent;
};

const noTier = (): TierCounts => ({
  hits: 0,
  misses: 0,
  sets: 0,
  errors: 0,
  milliseconds: 0,
  latencies: [...LATENCY_BOUNDS_MS, Number.POSITIVE_INFINITY].map(() => 0),
  evictions: { capacity: 0, bytes: 0, ttl: 0, tti: 0 },
});
const noBypass = () => ({ off: 0, temperature: 0, rule: 0, refresh: 0, unknown_model: 0, no_key: 0 });

export function noCounts(since: number): Counts {
  return {
    since,
    hits: 0,
    misses: 0,
    shared: 0,
    bypassed: noBypass(),
    savedSeconds: 0,
    savedTokens: 0,
    l1: noTier(),
    l2: noTier(),
    recent: { hits: 0, missed: { new: 0, expired: 0, room: 0, failed: 0 }, bypassed: noBypass() },
  };
}

/** A tier was asked, and answered after so many milliseconds. */
export function countAnswer(tier: TierCounts, isHit: boolean, ms: number): void {
  if (isHit) tier.hits += 1;
  else tier.misses += 1;
  tier.milliseconds += ms;
  const found = LATENCY_BOUNDS_MS.findIndex((bound) => ms <= bound);
  const at = found < 0 ? LATENCY_BOUNDS_MS.length : found;
  tier.latencies[at] = (tier.latencies[at] ?? 0) + 1;
}

export function countHit(counts: Counts): void {
  counts.hits += 1;
  counts.recent.hits += 1;
  age(counts.recent);
}

export function countMiss(counts: Counts, why: Missed): void {
  counts.misses += 1;
  counts.recent.missed[why] += 1;
  age(counts.recent);
}

export function countBypass(counts: Counts, why: Bypass): void {
  counts.bypassed[why] += 1;
  // While it is off, nothing can be learned of how well it works.
  if (why === 'off') return;
  counts.recent.bypassed[why] += 1;
  age(counts.recent);
}

/** All of the recent questions. */
export function questionsIn({ hits, missed, bypassed }: Recent): number {
  return hits + sumOf(missed) + sumOf(bypassed);
}

/** What is long ago weighs less and less. */
function age(recent: Recent): void {
  if (questionsIn(recent) < RECENT) return;
  recent.hits /= 2;
  halve(recent.missed);
  halve(recent.bypassed);
}

function halve<Name extends string>(counts: Record<Name, number>): void {
  for (const name of Object.keys(counts) as Name[]) counts[name] /= 2;
}

export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** What was kept by an earlier version lacks what was not counted then. */
export function restoreCounts(kept: unknown, since: number): Counts {
  return merge(noCounts(since), kept) as Counts;
}

function merge(base: unknown, kept: unknown): unknown {
  if (typeof base === 'number') return typeof kept === 'number' ? kept : base;
  const values = typeof kept === 'object' && kept !== null ? (kept as Readonly<Record<string, unknown>>) : {};
  if (Array.isArray(base)) return base.map((value, at) => merge(value, values[at]));
  return Object.fromEntries(
    Object.entries(base as object).map(([key, value]) => [key, merge(value, values[key])]),
  );
}

export function rateOf({ hits, misses }: { readonly hits: number; readonly misses: number }): number {
  return hits + misses === 0 ? 0 : hits / (hits + misses);
}

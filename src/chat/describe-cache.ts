import type { Bypass, Unkept } from '../cache/counters.ts';
import type { CachePart } from '../cache/response-cache.ts';
import type { CacheStats, TierStats } from '../stats/cache-stats.ts';
import { describeBytes, describeSpan } from './describe-amount.ts';

/** What is smaller would be 0 MB. */
const LEAST_BYTES = 500_000;

const WHY_NOT: Readonly<Record<Bypass | Unkept, string>> = {
  off: 'the cache was off',
  temperature: 'a high temperature',
  rule: 'a rule',
  refresh: 'asked afresh',
  unknown_model: 'a model that was not known',
  no_key: 'no key',
  cut_off: 'cut off or empty',
  failed: 'the data could not be read',
};

/** How many questions had an answer from the cache. */
export function describeHitRate({ enabled, total_requests, hit_rate }: CacheStats): string {
  if (!enabled) return 'off';
  if (total_requests === 0) return 'nothing was asked yet';
  return `${percent(hit_rate)} of ${counted(total_requests, 'question')}`;
}

/** Why the rate is what it is, what that saved, and what is wrong. In lines. */
export function describeCache(stats: CacheStats): readonly string[] {
  const { verdict, enabled, l2 } = stats;
  if (!enabled) return [verdict];
  const isWrong = l2 !== null && l2.state !== 'ready';
  return [
    verdict,
    describeHits(stats),
    `saved: ${describeSpan(stats.saved_seconds)} and ${counted(stats.saved_tokens, 'token')}`,
    ...(isWrong ? [describeTrouble(l2)] : []),
  ];
}

/** What stands in each tier and how well it works, or in the one that is named. In lines. */
export function describeTiers({ l1, l2 }: CacheStats, part?: CachePart): readonly string[] {
  const inMemory = [describeEntries(l1), describeRate(l1), ...describeEvictions(l1)];
  return [
    ...(part === undefined || part === 'memory' ? [`memory: ${inMemory.join('; ')}`] : []),
    ...(l2 && (part === undefined || part === l2.backend) ? [describeSecond(l2)] : []),
  ];
}

/** How many questions did not ask it, and why; empty: none. */
export function describeBypassed(bypassed: CacheStats['bypassed']): string {
  return describeWhys(bypassed);
}

/** How many answers are not given again, and why. */
export function describeUnkept(whys: readonly Unkept[]): string {
  return describeWhys(Object.fromEntries(whys.map((why) => [why, whys.filter((one) => one === why).length])));
}

function describeWhys(times: Readonly<Record<string, number>>): string {
  return Object.entries(WHY_NOT)
    .flatMap(([why, words]) => (times[why] ? [`${times[why]} (${words})`] : []))
    .join(', ');
}

function describeHits({ hits, shared, l1, l2 }: CacheStats): string {
  const from = [
    ...(l1.hits > 0 ? [`${l1.hits} from memory`] : []),
    ...(l2 && l2.hits > 0 ? [`${l2.hits} from ${l2.backend}`] : []),
    ...(shared > 0 ? [`${shared} of others who asked the same at once`] : []),
  ];
  return [counted(hits, 'hit'), ...(from.length > 0 ? [from.join(', ')] : [])].join(': ');
}

function describeSecond(l2: NonNullable<CacheStats['l2']>): string {
  const facts = [
    ...(l2.state === 'ready' ? [] : [l2.state]),
    describeEntries(l2),
    `${describeRate(l2)}${describeTime(l2)}`,
    ...describeEvictions(l2),
    ...(l2.errors > 0 ? [counted(l2.errors, 'error')] : []),
    ...(l2.detail === '' ? [] : [l2.detail]),
  ];
  return `${l2.backend}: ${facts.join('; ')}`;
}

function describeTrouble({ backend, state }: NonNullable<CacheStats['l2']>): string {
  return state === 'full'
    ? `${backend} is full: it gives answers, but takes no new ones`
    : `${backend} is ${state}: memory alone is used meanwhile`;
}

function describeEntries({ entries, bytes }: TierStats): string {
  const size = bytes === null || bytes < LEAST_BYTES ? '' : `, ${describeBytes(bytes)}`;
  return `${entries === null ? 'how many answers is not known' : counted(entries, 'answer')}${size}`;
}

function describeEvictions({ evictions }: TierStats): readonly string[] {
  const forRoom = evictions.capacity + evictions.bytes;
  const expired = evictions.ttl + evictions.tti;
  return [
    ...(forRoom > 0 ? [`${forRoom} left for want of room`] : []),
    ...(expired > 0 ? [`${expired} expired`] : []),
  ];
}

function describeTime({ mean_milliseconds: mean, p99_milliseconds: p99 }: TierStats): string {
  if (mean === null) return '';
  return `, ${mean.toFixed(1)}\u00a0ms each${p99 === null ? '' : `, 99\u00a0% within ${p99}\u00a0ms`}`;
}

function describeRate(tier: TierStats): string {
  const { hits, hit_rate, total_requests } = tier;
  return total_requests === 0 ? 'not asked yet' : `${hits} of ${total_requests} found (${percent(hit_rate)})`;
}

function percent(rate: number): string {
  return `${Math.round(rate * 100)}\u00a0%`;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

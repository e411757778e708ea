import type { MemoryLimits } from './memory-tier.ts';

/** What every entry in memory carries, whatever the policy. Times as the tier's clock has them. */
export type Lifetime = { readonly bytes: number; readonly expiresAt: number; lastAccess: number };

/** How long an entry may live; undefined: it is not to be kept at all. In milliseconds. */
export function lifeMs(
  limits: MemoryLimits,
  bytes: number,
  ttlMs: number = limits.ttlMs,
): number | undefined {
  const life = Math.floor(Math.min(ttlMs, limits.ttlMs));
  // Said so that NaN is refused, too.
  return life > 0 && bytes <= limits.maxBytes ? life : undefined;
}

export function isAlive(entry: Lifetime, now: number, ttiMs: number): boolean {
  return now < entry.expiresAt && now - entry.lastAccess < ttiMs;
}

/** Of an entry that is not alive. */
export function causeOfDeath(entry: Lifetime, now: number): 'ttl' | 'tti' {
  return now < entry.expiresAt ? 'tti' : 'ttl';
}

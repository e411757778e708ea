import type { Eviction } from '../cache/memory-tier.ts';

/** What a tier has under a key. `leftMs`: how long it is kept; undefined: for ever. */
export type TierAnswer =
  | { readonly kind: 'hit'; readonly value: string; readonly leftMs: number | undefined }
  | { readonly kind: 'miss' }
  /** It could not be asked, or did not answer in time. */
  | { readonly kind: 'error' };

/** `full`: it can be read, but takes nothing more. */
export type TierState = 'ready' | 'connecting' | 'down' | 'full';

export type TierHealth = {
  readonly state: TierState;
  /** What stands in the way, for the operator; empty where nothing does. Never a password. */
  readonly detail: string;
};

/**
 * The second tier of the response cache: slower than memory, kept for longer, perhaps shared. It never throws, and
 * its caller waits at most its deadline; a tier that is down answers at once.
 */
export type CacheTier = {
  readonly backend: 'sqlite' | 'redis';
  get(key: string): Promise<TierAnswer>;
  /** False where it is not kept. `ttlMs` undefined: no expiry. `owners`: whose it is, so that it can be forgotten. */
  set(key: string, value: string, ttlMs: number | undefined, owners?: readonly string[]): Promise<boolean>;
  delete(key: string): Promise<boolean>;
  /** Removes what is somebody's. False: it may stay until its time is over. */
  forget(owner: string): Promise<boolean>;
  /** Removes everything of this cache, and nothing else. */
  clear(): Promise<boolean>;
  /** About how many entries there are, known without asking; undefined: not known. */
  entries(): number | undefined;
  /** About how many bytes they take, known without asking; undefined: not known. */
  bytes(): number | undefined;
  /** Called when entries have left by themselves. What is not seen may be told later, and how many about. */
  onEviction(listener: (reason: Eviction, times: number) => void): void;
  health(): TierHealth;
  /** Called at every change of state. */
  onHealth(listener: (health: TierHealth) => void): void;
  close(): Promise<void>;
};

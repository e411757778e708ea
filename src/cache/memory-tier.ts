/** Why an entry left memory before it was asked to. */
export type Eviction = 'capacity' | 'bytes' | 'ttl' | 'tti';

export type MemoryLimits = {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** Longest life of an entry. In milliseconds. */
  readonly ttlMs: number;
  /** Longest time without being asked for. In milliseconds. */
  readonly ttiMs: number;
};

/** The first tier of the response cache: values of this process, under whatever policy decides which stay. */
export type MemoryTier<V> = {
  get(key: string): V | undefined;
  /**
   * `ttlMs` may shorten the life of this entry, never lengthen it. What is larger than the whole tier, or has no
   * life left, is not kept; nor is what was under its key.
   */
  set(key: string, value: V, bytes: number, ttlMs?: number): void;
  delete(key: string): void;
  clear(): void;
  /** How many there are. What has expired leaves first. */
  entries(): number;
  /** What they weigh together. What has expired leaves first. */
  bytes(): number;
};

/** `now`: monotonic milliseconds; a coarse clock will do. `onEviction` must not call the tier. */
export type OpenMemoryTier = <V>(
  limits: MemoryLimits,
  onEviction: (reason: Eviction, key: string) => void,
  now: () => number,
) => MemoryTier<V>;

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
  /** `ttlMs` may shorten the life of this entry, never lengthen it. */
  set(key: string, value: V, bytes: number, ttlMs?: number): void;
  delete(key: string): void;
  clear(): void;
  entries(): number;
  bytes(): number;
};

export type OpenMemoryTier = <V>(
  limits: MemoryLimits,
  onEviction: (reason: Eviction, key: string) => void,
) => MemoryTier<V>;

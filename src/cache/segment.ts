import type { Lifetime } from './lifetime.ts';

/** `hash` is its key's; `segment`, `older` and `newer` are the segment's. */
export type Entry<V> = Lifetime & {
  readonly key: string;
  readonly hash: number;
  readonly value: V;
  segment: Segment<V> | undefined;
  older: Entry<V> | undefined;
  newer: Entry<V> | undefined;
};

/** A share of memory, in order of use. */
export type Segment<V> = {
  /** Who was not used for longest. */
  oldest(): Entry<V> | undefined;
  /** As the one used last. It must be in no segment. */
  add(entry: Entry<V>): void;
  remove(entry: Entry<V>): void;
  /** Whether it holds more than its share. */
  isOver(): boolean;
  bytes(): number;
};

export function createSegment<V>(maxEntries: number, maxBytes: number): Segment<V> {
  let oldest: Entry<V> | undefined;
  let newest: Entry<V> | undefined;
  let count = 0;
  let bytes = 0;

  const segment: Segment<V> = {
    oldest: () => oldest,
    add(entry) {
      entry.segment = segment;
      entry.older = newest;
      if (newest) newest.newer = entry;
      else oldest = entry;
      newest = entry;
      count += 1;
      bytes += entry.bytes;
    },
    remove(entry) {
      const { older, newer } = entry;
      if (older) older.newer = newer;
      else oldest = newer;
      if (newer) newer.older = older;
      else newest = older;
      entry.segment = entry.older = entry.newer = undefined;
      count -= 1;
      bytes -= entry.bytes;
    },
    isOver: () => count > maxEntries || bytes > maxBytes,
    bytes: () => bytes,
  };
  return segment;
}

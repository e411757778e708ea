/** No slot. */
export const NONE = -1;

/** Most of one segment. */
type Share = { readonly maxEntries: number; readonly maxBytes: number };

/**
 * Shares of memory, each in order of use, over numbered slots. A slot is in one segment at most. All of it lies in
 * typed arrays: entries that point at each other cost the garbage collector more than they cost here.
 */
export type Segments = {
  /** Who was not used for longest, or NONE. */
  oldest(segment: number): number;
  /** As the one used last. It must be in no segment. */
  add(slot: number, segment: number, bytes: number): void;
  /** Leaves it in none. */
  remove(slot: number): void;
  /** As the one used last of its own. */
  touch(slot: number): void;
  /** To another one. */
  move(slot: number, segment: number): void;
  segmentOf(slot: number): number;
  bytesOf(slot: number): number;
  /** Whether it holds more than its share. */
  isOver(segment: number): boolean;
};

export function createSegments(slots: number, shares: readonly Share[]): Segments {
  const older = new Int32Array(slots);
  const newer = new Int32Array(slots);
  const homes = new Int8Array(slots).fill(NONE);
  const sizes = new Float64Array(slots);
  const first = new Int32Array(shares.length).fill(NONE);
  const last = new Int32Array(shares.length).fill(NONE);
  const counts = new Int32Array(shares.length);
  const weights = new Float64Array(shares.length);
  const mostEntries = Float64Array.from(shares, ({ maxEntries }) => maxEntries);
  const mostBytes = Float64Array.from(shares, ({ maxBytes }) => maxBytes);

  function link(slot: number, segment: number): void {
    const before = last[segment] as number;
    older[slot] = before;
    newer[slot] = NONE;
    if (before === NONE) first[segment] = slot;
    else newer[before] = slot;
    last[segment] = slot;
  }

  function unlink(slot: number, segment: number): void {
    const before = older[slot] as number;
    const after = newer[slot] as number;
    if (before === NONE) first[segment] = after;
    else newer[before] = after;
    if (after === NONE) last[segment] = before;
    else older[after] = before;
  }

  function add(slot: number, segment: number, bytes: number): void {
    link(slot, segment);
    homes[slot] = segment;
    sizes[slot] = bytes;
    counts[segment] = (counts[segment] as number) + 1;
    weights[segment] = (weights[segment] as number) + bytes;
  }

  function remove(slot: number): void {
    const segment = homes[slot] as number;
    unlink(slot, segment);
    homes[slot] = NONE;
    counts[segment] = (counts[segment] as number) - 1;
    weights[segment] = (weights[segment] as number) - (sizes[slot] as number);
  }

  return {
    oldest: (segment) => first[segment] as number,
    add,
    remove,
    touch(slot) {
      const segment = homes[slot] as number;
      if (last[segment] === slot) return;
      unlink(slot, segment);
      link(slot, segment);
    },
    move(slot, segment) {
      remove(slot);
      add(slot, segment, sizes[slot] as number);
    },
    segmentOf: (slot) => homes[slot] as number,
    bytesOf: (slot) => sizes[slot] as number,
    isOver: (segment) =>
      (counts[segment] as number) > (mostEntries[segment] as number) ||
      (weights[segment] as number) > (mostBytes[segment] as number),
  };
}

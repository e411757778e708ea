const NEVER = Number.POSITIVE_INFINITY;

/**
 * Hits of Belady's optimum on a trace: a cache that knows the future, and lets go of whatever is asked for again the
 * latest. None can hit more often.
 */
export function beladyHits(trace: readonly string[], capacity: number): number {
  const nextUse = nextUses(trace);
  const held = new Map<string, number>();
  const latest = latestFirst();
  let hits = 0;
  for (const [at, key] of trace.entries()) {
    if (held.has(key)) hits += 1;
    const next = nextUse[at] ?? NEVER;
    held.set(key, next);
    latest.push({ key, next });
    while (held.size > capacity) {
      const last = latest.pop();
      // What was asked for since is in there a second time.
      if (last && held.get(last.key) === last.next) held.delete(last.key);
    }
  }
  return hits;
}

function nextUses(trace: readonly string[]): Float64Array {
  const uses = new Float64Array(trace.length);
  const seen = new Map<string, number>();
  for (let at = trace.length - 1; at >= 0; at -= 1) {
    const key = trace[at] as string;
    uses[at] = seen.get(key) ?? NEVER;
    seen.set(key, at);
  }
  return uses;
}

type Use = { readonly key: string; readonly next: number };

/** A binary heap. */
function latestFirst(): { push(use: Use): void; pop(): Use | undefined } {
  const heap: Use[] = [];
  const nextAt = (at: number) => heap[at]?.next ?? -1;

  function swap(one: number, other: number): void {
    [heap[one], heap[other]] = [heap[other] as Use, heap[one] as Use];
  }

  return {
    push(use) {
      let at = heap.push(use) - 1;
      for (let above = (at - 1) >> 1; at > 0 && nextAt(above) < nextAt(at); above = (at - 1) >> 1) {
        swap(at, above);
        at = above;
      }
    },
    pop() {
      if (heap.length < 2) return heap.pop();
      const top = heap[0];
      heap[0] = heap.pop() as Use;
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        const below = nextAt(left + 1) > nextAt(left) ? left + 1 : left;
        if (nextAt(below) <= nextAt(at)) return top;
        swap(at, below);
        at = below;
      }
    },
  };
}

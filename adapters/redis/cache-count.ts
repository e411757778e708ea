import type { Eviction } from '../../src/cache/memory-tier.ts';
import type { CacheConnection } from './cache-connection.ts';
import { keysOf } from './cache-keys.ts';

/** The mean size is that of about so many of the last values. */
const VALUES = 1_000;

export type CacheCount = {
  /** About; undefined: not counted yet. */
  entries(): number | undefined;
  /** About: as many as there are entries, of the mean size of those that were seen; undefined: none was. */
  bytes(): number | undefined;
  saw(value: string): void;
  wrote(value: string): void;
  removed(): void;
  /** There is nothing left. */
  cleared(): void;
  /** What is there is not known any more. */
  lost(): void;
  /** Counts them all, in small steps. Where there are fewer than there should be, the others have left. */
  recount(): Promise<void>;
};

/** How many entries of a namespace Redis has: it is asked now and then, never with a question. */
export function countInRedis(
  namespace: string,
  call: CacheConnection['call'],
  onEviction: (reason: Eviction, times: number) => void,
): CacheCount {
  let count: number | undefined;
  let counting = false;
  let clears = 0;
  let seen = 0;
  let meanBytes = 0;
  /** By Redis’ own count: those that it threw out for want of memory, of whoever they were. */
  let thrownOut = 0;

  function saw(value: string): void {
    seen = Math.min(seen + 1, VALUES);
    meanBytes += (Buffer.byteLength(value) - meanBytes) / seen;
  }

  function tellMissing(missing: number, thrown: number): void {
    const forRoom = Math.max(0, Math.min(missing, thrown));
    onEviction('bytes', forRoom);
    onEviction('ttl', missing - forRoom);
  }

  return {
    entries: () => count,
    bytes: () => (count === 0 ? 0 : count === undefined || seen === 0 ? undefined : count * meanBytes),
    saw,
    wrote(value) {
      saw(value);
      if (count !== undefined) count += 1;
    },
    removed() {
      if (count) count -= 1;
    },
    cleared() {
      clears += 1;
      count = 0;
    },
    lost() {
      count = undefined;
    },
    async recount() {
      if (counting) return;
      counting = true;
      const since = clears;
      const expected = count;
      let found = 0;
      try {
        for await (const keys of keysOf(namespace, call)) found += keys.length;
        const thrown = await call(({ client }) => client.info('stats')).then(evictedKeys, () => thrownOut);
        if (since !== clears) return;
        if (expected !== undefined) tellMissing(Math.max(0, expected - found), thrown - thrownOut);
        thrownOut = thrown;
        count = found;
      } catch {
        // The next look counts again.
      } finally {
        counting = false;
      }
    },
  };
}

function evictedKeys(info: string): number {
  return Number(/^evicted_keys:(\d+)/m.exec(info)?.[1] ?? 0);
}

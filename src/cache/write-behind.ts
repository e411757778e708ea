import type { CacheTier } from '../ports/cache-tier.ts';
import { type CacheEntry, writeEntry } from './entry.ts';

/** So many keys are remembered under which the second tier may have something old; then the longest known go. */
const MOST_OUTDATED = 10_000;

/** What the second tier shall have under a key. `entry` undefined: nothing. `ttlMs` undefined: no expiry. */
type Wanted = {
  readonly entry: CacheEntry | undefined;
  readonly ttlMs?: number | undefined;
  /** Whose it is. */
  readonly owners?: readonly string[];
};

/**
 * Writes to the second tier while nobody waits: of each key one after the other, and of several wishes the last one.
 */
export type WriteBehind = {
  /** Resolves to whether the tier has nothing older any more. Never throws. */
  write(key: string, wanted: Wanted): Promise<boolean>;
  /** What the tier shall have and does not have for certain yet. */
  pending(key: string): Wanted | undefined;
  /** Whether the tier may still have what was there before the last wish, which it could not be told. */
  isOutdated(key: string): boolean;
  /** The tier is being cleared, or rid of what is of these: what is being written is removed again. */
  withdraw(owners?: readonly string[]): void;
  /** The tier was cleared. */
  forget(): void;
  /** Resolves once what was wanted until now is written. */
  settled(): Promise<void>;
};

/** `onWritten`: whether the tier took what was wanted under a key. */
export function createWriteBehind(
  tier: Pick<CacheTier, 'set' | 'delete'>,
  onWritten: (key: string, taken: boolean) => void,
): WriteBehind {
  const wishes = new Map<string, Wanted>();
  const writing = new Map<string, Promise<boolean>>();
  const outdated = new Set<string>();

  async function carryOut(key: string, { entry, ttlMs, owners }: Wanted): Promise<boolean> {
    if (!entry) return tier.delete(key);
    const taken = await tier.set(key, writeEntry(entry), ttlMs, owners);
    onWritten(key, taken);
    // What could not be replaced must not be given any more.
    return taken || tier.delete(key);
  }

  async function run(key: string): Promise<boolean> {
    for (;;) {
      const wish = wishes.get(key) as Wanted;
      const done = await carryOut(key, wish);
      // Another one may have come meanwhile.
      if (wishes.get(key) !== wish) continue;
      wishes.delete(key);
      writing.delete(key);
      note(key, done);
      return done;
    }
  }

  function note(key: string, done: boolean): void {
    outdated.delete(key);
    if (!done) outdated.add(key);
    if (outdated.size > MOST_OUTDATED) for (const first of outdated) return void outdated.delete(first);
  }

  function write(key: string, wanted: Wanted): Promise<boolean> {
    wishes.set(key, wanted);
    const written = writing.get(key) ?? run(key);
    writing.set(key, written);
    return written;
  }

  return {
    write,
    pending: (key) => wishes.get(key),
    isOutdated: (key) => outdated.has(key),
    withdraw(owners) {
      for (const [key, wish] of wishes) {
        const isMeant = !owners || wish.owners?.some((owner) => owners.includes(owner));
        if (isMeant) wishes.set(key, { entry: undefined });
      }
    },
    forget: () => outdated.clear(),
    async settled() {
      await Promise.all(writing.values());
    },
  };
}

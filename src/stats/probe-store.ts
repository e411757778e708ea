import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { within } from '../within.ts';

const KEY = 'health';
const LIMIT_MS = 1_000;
/** Whoever asks more often is told the same. */
const FRESH_MS = 5_000;

/**
 * Finds out whether what must not be lost can be written, by writing: a full disk can be read. At most one write in
 * 5 s, however many ask.
 */
export function probeStore(store: Pick<Store, 'set'>, clock: Clock): () => Promise<boolean> {
  let last: { readonly at: number; readonly works: Promise<boolean> } | undefined;

  async function probe(): Promise<boolean> {
    try {
      await within({ clock, ms: LIMIT_MS }, () => store.set(KEY, clock.wall()));
      return true;
    } catch {
      return false;
    }
  }

  return () => {
    if (!last || clock.now() - last.at >= FRESH_MS) last = { at: clock.now(), works: probe() };
    return last.works;
  };
}

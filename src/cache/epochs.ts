import type { Address } from '../chat/message.ts';
import type { Store } from '../ports/store.ts';

/** So many are remembered; what was forgotten is read again. */
const MOST_KNOWN = 10_000;

/**
 * Numbers that are part of every key: when one is raised, everything that was kept under the old one can be found no
 * more, whatever is still being written. They survive a restart.
 */
export type Epochs = {
  /** Throws `storage`. */
  of(names: readonly string[]): Promise<readonly number[]>;
  /** Durable once it resolves. Throws `storage`. */
  raise(name: string): Promise<void>;
};

/** What an epoch may be of: everything, or what one person or chat was answered. */
export const EVERYTHING = 'all';
export const epochOfPerson = ({ platform }: Address, id: string) => `person:${platform}:${id}`;
export const epochOfChat = ({ platform, chat }: Address) => `chat:${platform}:${chat}`;

export function createEpochs(store: Store): Epochs {
  const known = new Map<string, number>();
  const key = (name: string) => `cache:epoch:${name}`;

  function learn(name: string, value: unknown): number {
    if (known.size >= MOST_KNOWN) known.clear();
    const epoch = typeof value === 'number' ? value : 0;
    known.set(name, epoch);
    return epoch;
  }

  async function read(name: string): Promise<number> {
    const raised = known.get(name);
    if (raised !== undefined) return raised;
    const value = await store.get(key(name));
    // It may have been raised meanwhile.
    return known.get(name) ?? learn(name, value);
  }

  return {
    of: (names) => Promise.all(names.map(read)),
    async raise(name) {
      const value = await store.update(key(name), (old) => (typeof old === 'number' ? old : 0) + 1);
      learn(name, value);
    },
  };
}

import type { Store } from '../ports/store.ts';
import type { Known } from './presence.ts';

const OWNED = 'people:owned';

/** Who was let in, and who is blocked; kept until it is changed. */
export type Registry = {
  find(platform: string, id: string): Promise<Known | undefined>;
  keep(known: Known): Promise<void>;
  /** Whether there ever was an owner. */
  isOwned(): Promise<boolean>;
};

export function createRegistry(store: Store): Registry {
  const key = (platform: string, id: string) => `people:person:${platform}:${id}`;
  return {
    find: async (platform, id) => (await store.get(key(platform, id))) as Known | undefined,
    async keep(known) {
      await store.set(key(known.platform, known.id), known);
      if (known.role === 'owner') await store.set(OWNED, true);
    },
    isOwned: async () => (await store.get(OWNED)) === true,
  };
}

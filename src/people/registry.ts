import type { Store } from '../ports/store.ts';
import type { Known } from './presence.ts';

const OWNERS = 'people:owners';

/** Who was let in, and who is blocked; kept until it is changed. */
export type Registry = {
  find(platform: string, id: string): Promise<Known | undefined>;
  keep(known: Known): Promise<void>;
  /** Whether there is an owner. */
  isOwned(): Promise<boolean>;
  /** Whether there is another one than this. */
  hasOwnerBeside(platform: string, id: string): Promise<boolean>;
};

export function createRegistry(store: Store): Registry {
  const nameOf = (platform: string, id: string) => `${platform}:${id}`;
  const key = (platform: string, id: string) => `people:person:${nameOf(platform, id)}`;
  const owners = async () => ((await store.get(OWNERS)) ?? []) as readonly string[];

  return {
    find: async (platform, id) => (await store.get(key(platform, id))) as Known | undefined,
    async keep(known) {
      const name = nameOf(known.platform, known.id);
      await store.set(key(known.platform, known.id), known);
      await store.update(OWNERS, (value) => {
        const others = ((value ?? []) as readonly string[]).filter((owner) => owner !== name);
        return known.role === 'owner' ? [...others, name] : others;
      });
    },
    isOwned: async () => (await owners()).length > 0,
    hasOwnerBeside: async (platform, id) => (await owners()).some((owner) => owner !== nameOf(platform, id)),
  };
}

import type { Store } from '../ports/store.ts';
import { sameTag } from './tag.ts';

const KEY = 'pinned-models';

/** The models that people pinned: they stay in memory until somebody unpins them. */
export type Pins = {
  list(): readonly string[];
  /** Durable once it resolves. */
  set(tag: string, isPinned: boolean): Promise<void>;
};

export async function openPins(store: Store): Promise<Pins> {
  let pinned = readTags(await store.get(KEY));
  return {
    list: () => pinned,
    async set(tag, isPinned) {
      const others = (tags: readonly string[]) => tags.filter((other) => !sameTag(other, tag));
      const kept = await store.update(KEY, (value) => [
        ...others(readTags(value)),
        ...(isPinned ? [tag] : []),
      ]);
      pinned = readTags(kept);
    },
  };
}

function readTags(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : [];
}

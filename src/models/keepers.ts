import type { Keeper } from './let-go.ts';
import type { Pins } from './pins.ts';
import type { Settings } from './settings.ts';
import { sameTag } from './tag.ts';

type Surroundings = {
  readonly settings: () => Pick<Settings, 'stay'>;
  readonly pins: Pick<Pins, 'list'>;
  /** The tag as the server has it; unchanged where it is not installed. */
  readonly installedAs: (tag: string) => string;
};

/** Which models stay in memory, and who says so: the configuration, or people. */
export function createKeepers({ settings, pins, installedAs }: Surroundings) {
  return {
    pinned: (): readonly string[] => [
      ...new Set([...settings().stay.pinned, ...pins.list()].map(installedAs)),
    ],

    /** Whether the model may make room for others. */
    of(tag: string): Keeper {
      const { pinned: configured, preserved } = settings().stay;
      const isIn = (tags: readonly string[]) => tags.some((other) => sameTag(other, tag));
      if (isIn(configured)) return { tag, keeps: 'pinned', byConfiguration: true };
      if (isIn(pins.list())) return { tag, keeps: 'pinned' };
      return { tag, keeps: isIn(preserved) ? 'preserved' : 'free' };
    },
  };
}

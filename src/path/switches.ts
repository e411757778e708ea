import { type Address, conversationOf, type Message } from '../chat/message.ts';
import { ordererOf } from '../models/switching.ts';
import { sameTag } from '../models/tag.ts';
import type { Limits } from '../people/limits.ts';

/** Whoever chose before so many others and has not loaded it since: that load is a switch of its own. */
const MOST_CHOSEN = 1_000;

type Who = { readonly address: Address; readonly person: Message['person'] };

/** Counts how often people switch models. Both throw like `Limits.admitSwitch`. */
export type Switches = {
  /** A chat's model is chosen: by its tag; null: by the rules. */
  admitChoice(who: Who, tag: string | null): Promise<void>;
  /** A load is ordered. Of what was just chosen it is a part of that switch. */
  admitLoad(who: Who, tag: string): Promise<void>;
};

export function createSwitches({ admitSwitch }: Pick<Limits, 'admitSwitch'>): Switches {
  /** The models that were chosen and not loaded since, by who chose them and where. */
  const chosen = new Map<string, string>();
  const keyOf = ({ address, person }: Who) => `${conversationOf(address)} ${ordererOf(address, person)}`;

  return {
    async admitChoice(who, tag) {
      await admitSwitch(who);
      chosen.delete(keyOf(who));
      if (tag === null) return;
      chosen.set(keyOf(who), tag);
      if (chosen.size > MOST_CHOSEN) for (const oldest of chosen.keys()) return void chosen.delete(oldest);
    },

    async admitLoad(who, tag) {
      const choice = chosen.get(keyOf(who));
      chosen.delete(keyOf(who));
      if (choice === undefined || !sameTag(choice, tag)) await admitSwitch(who);
    },
  };
}

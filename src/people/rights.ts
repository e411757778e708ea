import type { Front } from '../chat/front.ts';
import type { Address } from '../chat/message.ts';
import type { Config } from '../config/schema.ts';
import { toFailure } from '../errors.ts';
import type { Audit } from '../ports/audit.ts';
import type { Chat } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import type { Limits } from './limits.ts';
import { createPeople, type People } from './people.ts';

const WELCOME = 'You may use this bot now: ask me anything. /help lists the commands.';

type Needs = {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly access: () => Config['access'];
  /** The names of all chat platforms, on or off. */
  readonly platforms: readonly string[];
  /** Those that are on. */
  readonly chats: Readonly<Record<string, Pick<Chat, 'say'>>>;
  readonly limits: Pick<Limits, 'admit'>;
  readonly audit: Pick<Audit, 'note'>;
};

/** What fronts ask about people: who they are, what they may, how much, and what is noted of it. */
export type Rights = People & Pick<Front, 'groupsAreOpen' | 'admit' | 'audit'>;

export function createRights({
  store,
  clock,
  logger,
  access,
  platforms,
  chats,
  limits,
  audit,
}: Needs): Rights {
  async function welcome(address: Address): Promise<void> {
    try {
      await chats[address.platform]?.say(address, WELCOME);
    } catch (error) {
      logger.warn(
        { platform: address.platform, ...toFailure(error) },
        'somebody who was let in was not told',
      );
    }
  }

  return {
    ...createPeople({ store, clock, access, platforms, welcome }),
    groupsAreOpen: () => access().open_groups,
    admit: limits.admit,
    audit({ address, person: { id, name } }, note, outcome) {
      audit.note({ ...address, person: id, ...(name !== undefined && { name }), ...note, outcome });
    },
  };
}

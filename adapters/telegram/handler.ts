import type { Api } from 'grammy';
import { createAttend } from '../../src/attend/attend.ts';
import type { Deed, Respond } from '../../src/attend/happening.ts';
import { createSaying } from '../../src/attend/saying.ts';
import type { Front } from '../../src/chat/front.ts';
import type { Message } from '../../src/chat/message.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Store } from '../../src/ports/store.ts';
import type { Edits } from '../../src/reply/edits.ts';
import type { Messages } from '../../src/reply/messages.ts';
import { createAdmins } from './admins.ts';
import type { Calls } from './calls.ts';
import { draftIdOf } from './draft.ts';
import { createGathering } from './gathering.ts';
import { TELEGRAM } from './platform.ts';
import { pressedOn } from './pressed.ts';
import type { Incoming } from './read-message.ts';
import type { BotIdentity } from './read-text.ts';
import { type Reading, readUpdate } from './read-update.ts';
import { type HandleUpdate, updateIdOf } from './take-update.ts';
import { isGroup } from './target.ts';

const LEFT_ASIDE = 'an update is left aside';

type Needs = {
  readonly front: Front;
  readonly api: Api;
  readonly bot: BotIdentity;
  readonly calls: Calls;
  readonly messages: Messages;
  readonly edits: Edits;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** What an update does. Resolves once that is durable. A question has the line of its outcome, all else one here. */
export function createHandler(needs: Needs): HandleUpdate {
  const { front, api, bot, calls, messages, edits, store, clock, logger } = needs;
  const isAdmin = createAdmins(api, clock);
  const attend = createAttend({ front, edits, store, clock, bot: String(bot.id) });
  const say = createSaying({ messages, platform: TELEGRAM, clock, logger });
  const gathering = createGathering(clock);

  function gathered({ message, gather }: Incoming): Message {
    if (!gather) return message;
    const { key, waitMs } = gather;
    if (message.kind === 'group') gathering.begin(message.address.chat, key, waitMs);
    return { ...message, gather: { key, until: clock.wall() + waitMs } };
  }

  function deedOf(reading: Exclude<Reading, { kind: 'ignored' }>): Deed {
    switch (reading.kind) {
      case 'message': {
        const { command } = reading.message;
        return command
          ? { kind: 'command', ...command }
          : { kind: 'asked', message: gathered(reading.message) };
      }
      case 'edited': {
        const { message, editDate } = reading.message;
        return { kind: 'edited', message, editId: `${message.id}.e${editDate ?? clock.wall()}` };
      }
      case 'press':
        return pressedOn(reading, { calls, messages, clock, logger });
      case 'draft-stopped': {
        const job = front.jobs(reading.address).find((id) => draftIdOf(id) === reading.draftId);
        return { kind: 'stopped', job };
      }
      case 'unreadable':
        return { kind: 'unreadable', what: reading.what };
    }
  }

  /** In a group a refusal, a failure and a command's words reply to what they are about. */
  function respondTo(reading: Exclude<Reading, { kind: 'ignored' }>): Respond {
    const { address } = placeOf(reading);
    const group = isGroup(address.chat);
    const messageId = 'message' in reading ? reading.message.messageId : undefined;
    const asked = reading.kind === 'message' && !reading.message.command;
    return say({ address }, { group, replyTo: group || asked ? messageId : undefined });
  }

  return async (update) => {
    const tell = (fields: object, what: string) =>
      logger.info({ update_id: updateIdOf(update), ...fields }, what);
    const reading = readUpdate(update, bot, gathering.isOpen);
    if (reading.kind === 'ignored') return tell({ why: reading.why }, LEFT_ASIDE);
    if (reading.kind === 'edited' && reading.message.command)
      return tell({ why: 'an edited command' }, LEFT_ASIDE);
    const { address, person } = placeOf(reading);
    const told = await attend({
      presence: {
        address,
        person,
        kind: isGroup(address.chat) ? 'group' : 'direct',
        places: [address.chat],
        roles: [],
      },
      id: String(updateIdOf(update)),
      isAdmin: () => isAdmin(address, person),
      respond: respondTo(reading),
      did: deedOf(reading),
    });
    if (told) tell(told.fields, told.what);
  };
}

function placeOf(reading: Exclude<Reading, { kind: 'ignored' }>): Pick<Message, 'address' | 'person'> {
  return 'message' in reading ? reading.message.message : reading;
}

import type { Api } from 'grammy';
import type { Address, Message } from '../../src/chat/message.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { within } from '../../src/within.ts';
import type { ApiSignal } from './open-api.ts';

/** Updates of the chat wait for it. */
const LIMIT_MS = 3_000;

/** Whether somebody may decide for a whole group, as Telegram knows it; false where it does not answer. */
export type IsAdmin = (address: Address, person: Message['person']) => Promise<boolean>;

export function createAdmins(api: Pick<Api, 'getChatMember'>, clock: Clock): IsAdmin {
  return async ({ chat }, person) => {
    try {
      const { status } = await within({ clock, ms: LIMIT_MS }, (signal) =>
        api.getChatMember(Number(chat), Number(person.id), signal as ApiSignal),
      );
      return status === 'creator' || status === 'administrator';
    } catch {
      return false;
    }
  };
}

import { giveCommand } from '../../src/chat/command.ts';
import { findCommand } from '../../src/chat/commands.ts';
import type { Front } from '../../src/chat/front.ts';
import { OstlerError, toFailure } from '../../src/errors.ts';
import type { IsAdmin } from './admins.ts';
import type { Incoming } from './read-message.ts';
import type { GivenCommand } from './read-text.ts';
import type { Saying } from './saying.ts';

type Needs = { readonly front: Front; readonly say: Saying; readonly isAdmin: IsAdmin };

/** Carries out a command. Throws where it must come again. */
export function createGiving({ front, say, isAdmin }: Needs) {
  return async (
    { message, messageId }: Incoming,
    { name, argument }: GivenCommand,
    update: number | undefined,
  ) => {
    const { address, person, kind } = message;
    const replyTo = kind === 'group' ? messageId : undefined;
    const command = findCommand(name);
    if (!command) {
      // In a group it may be meant for another bot.
      if (kind === 'direct') say.text(address, 'I do not know that command. /help lists those that I know.');
      return;
    }
    try {
      const id = `telegram-${update ?? messageId}`;
      const call = { front, address, person, kind, id, argument, isAdmin: () => isAdmin(address, person) };
      const { markdown, offer } = await giveCommand(command, call);
      if (markdown !== '') say.text(address, markdown, replyTo, offer);
    } catch (error) {
      if (!(error instanceof OstlerError) || error.code === 'storage' || error.code === 'stopping')
        throw error;
      say.failure(address, toFailure(error), replyTo);
    }
  };
}

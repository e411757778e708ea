import { DiscordAPIError, RESTJSONErrorCodes, Routes } from 'discord.js';
import { oneLine } from '../../src/chat/one-line.ts';
import { OstlerError, toFailure } from '../../src/errors.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Request } from './request.ts';

const LONGEST_NAME = 60;

/** Where a question of a channel is answered in a thread of its own. */
export type Threads = {
  /**
   * Opens a thread at this message, or finds the one that was opened before; it has the message's id. False
   * where the bot may not. Throws a retryable error.
   */
  open(channel: string, message: string, question: string): Promise<boolean>;
};

export function createThreads(request: Request, logger: Logger): Threads {
  return {
    async open(channel, message, question) {
      const body = { name: oneLine(question, LONGEST_NAME) || 'Question' };
      try {
        return await request((rest, signal) =>
          rest.post(Routes.threads(channel, message), { body, signal }).then(() => true, isThere),
        );
      } catch (error) {
        if (!(error instanceof OstlerError) || error.retryable) throw error;
        logger.warn({ channel, ...toFailure(error) }, 'a thread could not be opened: the channel is used');
        return false;
      }
    },
  };
}

function isThere(error: unknown): true {
  const code = error instanceof DiscordAPIError ? error.code : undefined;
  if (code === RESTJSONErrorCodes.ThreadAlreadyCreatedForMessage) return true;
  throw error;
}

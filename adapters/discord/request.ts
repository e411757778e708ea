import type { REST } from 'discord.js';
import { OstlerError } from '../../src/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { busyError } from '../../src/reply/trouble.ts';
import { within } from '../../src/within.ts';
import { understand } from './api-errors.ts';

const LIMIT_MS = 10_000;

/**
 * One request beside those of answers. Throws an OstlerError: retryable where it may succeed later, `undeliverable`
 * where Discord does not let the bot, `bad_input` where there is no such thing any more.
 */
export type Request = <T>(ask: (rest: REST, signal: AbortSignal) => Promise<T>) => Promise<T>;

export function createRequest(rest: REST, clock: Clock, signal?: AbortSignal): Request {
  return async (ask) => {
    try {
      return await within({ clock, ms: LIMIT_MS, ...(signal && { signal }) }, (late) => ask(rest, late));
    } catch (error) {
      throw error instanceof OstlerError ? error : toError(error);
    }
  };
}

/** What is thrown is what the library threw, without what that holds of texts and tokens. */
function toError(error: unknown): OstlerError {
  const trouble = understand(error);
  if (trouble.kind === 'failed') return trouble.error;
  if (trouble.kind === 'wait') return busyError('Discord', trouble.seconds);
  return new OstlerError('That is no longer there.', { code: 'bad_input' });
}

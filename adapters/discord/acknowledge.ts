import { DiscordAPIError, type REST, RESTJSONErrorCodes, Routes } from 'discord.js';
import type { Clock } from '../../src/ports/clock.ts';
import { within } from '../../src/within.ts';
import type { Interaction } from './read-interaction.ts';

/** Discord waits for 3 s: https://docs.discord.com/developers/interactions/receiving-and-responding */
const ATTEMPT_MS = 1_000;
const ATTEMPTS = 2;

/**
 * The first answer to an interaction; `type` is that of the callback. False where Discord takes none; one of which
 * nobody knows whether it arrived counts as given, for what was asked must not be lost. Never throws.
 */
export type Acknowledge = (
  interaction: Pick<Interaction, 'id' | 'token'>,
  type: number,
  data?: object,
) => Promise<boolean>;

export function createAcknowledge(rest: REST, clock: Clock): Acknowledge {
  return async ({ id, token }, type, data) => {
    const body = { type, ...(data && { data }) };
    const path = Routes.interactionCallback(id, token);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        await within({ clock, ms: ATTEMPT_MS }, (signal) => rest.post(path, { body, auth: false, signal }));
        return true;
      } catch (error) {
        // The first attempt arrived, only its answer did not.
        if (isKnown(error)) return attempt > 1;
        if (error instanceof DiscordAPIError) return false;
      }
    }
    return true;
  };
}

function isKnown(error: unknown): boolean {
  const code = error instanceof DiscordAPIError ? error.code : undefined;
  return code === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged;
}

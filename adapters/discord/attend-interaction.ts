import type { Attend } from '../../src/attend/attend.ts';
import type { Deed, Respond } from '../../src/attend/happening.ts';
import type { Front } from '../../src/chat/front.ts';
import type { Address } from '../../src/chat/message.ts';
import type { Failure } from '../../src/errors.ts';
import { isServed, type Standing } from '../../src/people/role.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { within } from '../../src/within.ts';
import type { Interaction } from './read-interaction.ts';
import type { UntilTaken } from './until-taken.ts';

/** So long an acknowledgement waits for who it is: Discord waits for 3 s. */
const STANDING_MS = 800;
const STOPPING: Failure = {
  code: 'stopping',
  message: 'Ostler is stopping.',
  hint: 'Ask again in a moment.',
};

type Needs = {
  readonly front: Pick<Front, 'standingOf'>;
  readonly attend: Attend;
  readonly untilTaken: UntilTaken;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type AttendInteraction = {
  /** What somebody is; undefined: that takes too long. */
  standingOf(interaction: Interaction): Promise<Standing | undefined>;
  /** Does what follows from it in its turn, at `address`. Resolves once that is durable or its person is told. Never throws. */
  take(
    interaction: Interaction,
    at: { readonly address: Address; readonly respond: Respond },
    did: Deed,
  ): Promise<void>;
};

export function createAttendInteraction(needs: Needs): AttendInteraction {
  const { front, attend, untilTaken, clock, logger } = needs;
  return {
    standingOf: ({ presence }) =>
      within({ clock, ms: STANDING_MS }, () => front.standingOf(presence)).catch(() => undefined),

    async take({ id, presence, isAdmin, turn }, { address, respond }, did) {
      await turn;
      const end = await untilTaken(async () => {
        const told = await attend({
          presence: { ...presence, address },
          id,
          isAdmin: async () => isAdmin,
          respond,
          did,
        });
        if (told) logger.info({ interaction: id, ...told.fields }, told.what);
      });
      if (end === 'left') respond.failure(STOPPING);
    },
  };
}

/** Whether it is certain that somebody is not served. */
export function isTurnedAway(standing: Standing | undefined): boolean {
  return standing !== undefined && !isServed(standing);
}

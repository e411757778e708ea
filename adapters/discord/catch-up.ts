import { Routes } from 'discord.js';
import { OstlerError } from '../../src/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Mark, Marks } from './marks.ts';
import { identified, messages as someMessages } from './payloads.ts';
import type { Request } from './request.ts';
import { firstIdAt, isLater } from './snowflake.ts';
import type { UntilTaken } from './until-taken.ts';

const PAGE = 100;
const MOST_PAGES = 10;
/** Nobody waits for an answer to what is older. */
const OLDEST_MS = 24 * 3_600_000;

type Needs = {
  readonly request: Request;
  readonly marks: Marks;
  readonly untilTaken: UntilTaken;
  /** Does what follows from a message that was fetched; `guild` is where it was written. */
  readonly take: (message: unknown, guild: string | undefined) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Lets each attempt wait until fewer are under way. */
type InTurn = (attempt: () => Promise<void>) => Promise<void>;

/** Takes what was written in a channel since it was read last. Never throws. */
export function createCatchUp({ request, marks, untilTaken, take, clock, logger }: Needs) {
  async function page(channel: string, last: string): Promise<readonly unknown[]> {
    const oldest = firstIdAt(clock.wall() - OLDEST_MS);
    const query = new URLSearchParams({ after: isLater(last, oldest) ? last : oldest, limit: String(PAGE) });
    const path = Routes.channelMessages(channel);
    const got = await request(async (rest, signal) =>
      someMessages.parse(await rest.get(path, { query, signal })),
    );
    return got.toReversed();
  }

  async function pageOrNothing(channel: string, last: string): Promise<readonly unknown[]> {
    try {
      return await page(channel, last);
    } catch (error) {
      if (error instanceof OstlerError && error.retryable) throw error;
      // The channel is gone, or the bot sees it no longer.
      marks.forget(channel);
      return [];
    }
  }

  /** Returns whether there may be more. */
  async function takePage({ channel, last, guild }: Mark, inTurn: InTurn): Promise<boolean> {
    let found: readonly unknown[] = [];
    const read = await untilTaken(() =>
      inTurn(async () => {
        found = await pageOrNothing(channel, last);
      }),
    );
    if (read === 'left') return false;
    for (const message of found) {
      if ((await untilTaken(() => inTurn(() => take(message, guild)))) === 'left') return false;
      const id = identified.safeParse(message).data?.id;
      if (id !== undefined) marks.advance(channel, id);
    }
    if (found.length > 0) logger.debug({ channel, messages: found.length }, 'caught up with Discord');
    return found.length === PAGE;
  }

  return async (channel: string, inTurn: InTurn): Promise<void> => {
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const mark = marks.find(channel);
      if (!mark || !(await takePage(mark, inTurn))) return;
    }
    logger.warn(
      { channel, messages: MOST_PAGES * PAGE },
      'more was written on Discord than is caught up with',
    );
  };
}

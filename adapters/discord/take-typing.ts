import type { Front } from '../../src/chat/front.ts';
import { toFailure } from '../../src/errors.ts';
import type { Presence } from '../../src/people/presence.ts';
import { isServed } from '../../src/people/role.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { addressOf, channelOf } from './address.ts';
import type { Marks } from './marks.ts';
import { aTyping } from './payloads.ts';
import { isThread, type Places } from './places.ts';
import { createRecent } from './recent.ts';

/** Discord tells every 10 s that somebody goes on. */
const AGAIN_AFTER_MS = 30_000;
const MOST_TYPISTS = 1_000;

type Needs = {
  readonly front: Pick<Front, 'standingOf' | 'typing'>;
  /** The channels in which somebody was served. */
  readonly marks: Pick<Marks, 'find'>;
  readonly places: Pick<Places, 'find'>;
  readonly bot: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
};

/** Somebody who is served begins to write where the bot has answered. Never throws: nothing depends on it. */
export function createTakeTyping(needs: Needs): (given: unknown) => Promise<void> {
  const { front, marks, places, bot, clock, logger } = needs;
  const toldAt = createRecent<number>(MOST_TYPISTS);

  async function presenceOf(given: unknown): Promise<Presence | undefined> {
    const { data: sent } = aTyping.safeParse(given);
    if (!sent || sent.user_id === bot || sent.member?.user?.bot || !marks.find(sent.channel_id))
      return undefined;
    const { channel_id: channel, guild_id: guild, user_id: user, member } = sent;
    const place = guild === undefined ? undefined : await places.find(channel);
    const parent = place && isThread(place) ? place.parent_id : undefined;
    return {
      address: parent === undefined ? addressOf(channel) : addressOf(parent, channel),
      person: { id: user },
      kind: guild === undefined ? 'direct' : 'group',
      places: [guild, channel, parent].filter((id) => id !== undefined),
      roles: member?.roles ?? [],
    };
  }

  return async (given) => {
    try {
      const presence = await presenceOf(given);
      if (!presence) return;
      const { address, person } = presence;
      const key = `${channelOf(address)}:${person.id}`;
      if (clock.now() - (toldAt.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN_AFTER_MS) return;
      toldAt.set(key, clock.now());
      if (!isServed(await front.standingOf(presence))) return;
      front.typing(address);
    } catch (error) {
      logger.debug({ ...toFailure(error) }, 'that somebody types was left aside');
    }
  };
}

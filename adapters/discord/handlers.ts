import type { GatewayDispatchPayload, REST } from 'discord.js';
import { createAttend } from '../../src/attend/attend.ts';
import { createSaying } from '../../src/attend/saying.ts';
import type { Front } from '../../src/chat/front.ts';
import type { Address } from '../../src/chat/message.ts';
import { createTurns } from '../../src/path/in-turn.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Store } from '../../src/ports/store.ts';
import type { Edits } from '../../src/reply/edits.ts';
import type { Messages } from '../../src/reply/messages.ts';
import { createAcknowledge } from './acknowledge.ts';
import { channelOf } from './address.ts';
import { createAsk } from './ask.ts';
import { createAttendInteraction } from './attend-interaction.ts';
import { createCatchUp } from './catch-up.ts';
import type { Bot, Handlers } from './connect.ts';
import { createDirectChats } from './direct-chats.ts';
import { createInteractions } from './interactions.ts';
import { createLanes } from './lanes.ts';
import { openMarks } from './marks.ts';
import { createPrivately } from './messages.ts';
import { identified, withId } from './payloads.ts';
import { createPlaces } from './places.ts';
import { DISCORD } from './platform.ts';
import type { Interaction } from './read-interaction.ts';
import { registerCommands } from './register-commands.ts';
import { createRequest } from './request.ts';
import { createRespond } from './respond.ts';
import { createTakeMessage } from './take-message.ts';
import { createTakeTyping } from './take-typing.ts';
import { createThreads } from './threads.ts';
import type { TokenMessages } from './token-messages.ts';
import { createUntilTaken } from './until-taken.ts';

/** So many channels are caught up with at once. */
const SIDE_BY_SIDE = 4;

type HandlerNeeds = {
  readonly front: Front;
  readonly rest: REST;
  readonly messages: Messages;
  readonly tokens: TokenMessages;
  readonly edits: Edits;
  readonly options: () => { readonly threads: boolean; readonly readsAll: boolean };
  /** Where commands are registered; empty: everywhere. */
  readonly developmentGuild: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** What becomes of what happens on Discord. Throws `storage`. */
export async function openHandlers(needs: HandlerNeeds, bot: Bot, signal: AbortSignal): Promise<Handlers> {
  const { front, rest, messages, tokens, edits, options, developmentGuild, store, clock, logger } = needs;
  const marks = await openMarks(bot.id, { store, clock, logger });
  const request = createRequest(rest, clock, signal);
  const untilTaken = createUntilTaken({ clock, logger, signal });
  const places = createPlaces(request, bot.id);
  const attend = createAttend({ front, edits, store, clock, bot: bot.id });
  const say = createSaying({ messages, platform: DISCORD, clock, logger });
  const lanes = createLanes();
  const inTurn = createTurns();

  const takeMessage = createTakeMessage({
    front,
    attend,
    say,
    bot: bot.id,
    places,
    threads: createThreads(request, logger),
    marks,
    request,
    options,
    logger,
  });
  const catchUp = createCatchUp({
    request,
    marks,
    untilTaken,
    take: (message, guild) => takeMessage({ message, isEdit: false, guild }),
    clock,
    logger,
  });

  const privately = createPrivately(tokens);
  const acknowledge = createAcknowledge(rest, clock);
  const interactions = createAttendInteraction({ front, attend, untilTaken, clock, logger });
  const sayPrivately = createSaying({ messages: privately, platform: DISCORD, clock, logger });
  const respondBy = createRespond({ say, sayPrivately, tokens, logger });
  const directChatOf = createDirectChats(request);
  const ask = createAsk({ acknowledge, interactions, respondBy, directChatOf, meet });
  const press = { messages, privately, clock, logger };
  const takeInteraction = createInteractions({
    front,
    acknowledge,
    interactions,
    ask,
    respondBy,
    press,
    directChatOf,
    meet,
    store,
    bot: bot.id,
    clock,
    logger,
  });

  const takeTyping = createTakeTyping({ front, marks, places, bot: bot.id, clock, logger });

  /** From now on what is written there is caught up with. */
  async function meet({ id, isGuild, presence }: Interaction, address: Address): Promise<void> {
    const channel = channelOf(address);
    const guild = isGuild && channel === channelOf(presence.address) ? presence.places[0] : undefined;
    await untilTaken(() => marks.meet({ channel, last: id, ...(guild !== undefined && { guild }) }));
  }

  function take(data: unknown, isEdit: boolean): void {
    const { data: known } = identified.safeParse(data);
    if (!known) return;
    lanes.add(known.channel_id, async () => {
      const end = await untilTaken(() => takeMessage({ message: data, isEdit }));
      if (end === 'taken' && !isEdit) marks.advance(known.channel_id, known.id);
    });
  }

  return {
    ready() {
      logger.info({ bot: bot.username }, 'Discord is connected');
      const where = { application: bot.id, guild: developmentGuild };
      lanes.add('commands', () => registerCommands(where, { request, store, logger }));
      marks.all().forEach(({ channel }, index) => {
        const place = String(index % SIDE_BY_SIDE);
        lanes.add(channel, () => catchUp(channel, (attempt) => inTurn(place, attempt)));
      });
    },
    dispatch({ t: name, d: data }: GatewayDispatchPayload) {
      places.learn(name, data);
      if (name === 'MESSAGE_CREATE') take(data, false);
      if (name === 'MESSAGE_UPDATE') take(data, true);
      if (name === 'TYPING_START') void takeTyping(data);
      if (name === 'INTERACTION_CREATE') {
        const { data: known } = withId.safeParse(data);
        if (known)
          lanes.addEager(known.channel_id ?? '', `interaction ${known.id}`, (turn) =>
            takeInteraction(data, turn),
          );
      }
    },
    async close() {
      await lanes.empty();
      await marks.close();
    },
  };
}

import type { ChatPlatform } from '../../src/ports/chat.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Store } from '../../src/ports/store.ts';
import { createAsking } from '../../src/reply/ask-in-turn.ts';
import { createBudget } from '../../src/reply/budget.ts';
import { openChatReplies } from '../../src/reply/chat-replies.ts';
import { createEdits } from '../../src/reply/edits.ts';
import { understand } from './api-errors.ts';
import { createChannelMessages } from './channel-messages.ts';
import { connect } from './connect.ts';
import { fetchFile } from './fetch-file.ts';
import { openHandlers } from './handlers.ts';
import { createMessages } from './messages.ts';
import { openRest } from './open-rest.ts';
import { DISCORD_PACING } from './pacing.ts';
import { DISCORD } from './platform.ts';
import { createTokenMessages } from './token-messages.ts';

export type DiscordOptions = {
  readonly token: string;
  readonly api_url: string;
  /** Whether it reads what does not mention it; Discord must allow that. */
  readonly message_content: boolean;
  /** Where commands are registered; empty: everywhere. */
  readonly development_guild: string;
  /** Asked for with every message and reply: it may change. */
  readonly current: () => { readonly streaming: 'edit' | 'off'; readonly threads: boolean };
};

type Surroundings = { readonly store: Store; readonly clock: Clock; readonly logger: Logger };

/** The bot on Discord; nothing is asked of Discord before there is a reason to. */
export function openDiscord(options: DiscordOptions, { store, clock, logger }: Surroundings): ChatPlatform {
  const { token, api_url, message_content: readsAll, development_guild: developmentGuild, current } = options;
  const rest = openRest(token, api_url);
  const budget = createBudget(clock, DISCORD_PACING, DISCORD.name);
  const asking = createAsking({ budget, clock, logger, platform: DISCORD.name, understand });
  const tokens = createTokenMessages({ rest, asking });
  const channels = createChannelMessages({ rest, asking, budget, clock });
  const messages = createMessages({ channels, tokens, clock });
  const edits = createEdits({ messages, store, logger, platform: DISCORD.id });
  const replies = openChatReplies({ messages, platform: DISCORD, edits, store, clock, logger }, () => ({
    grows: current().streaming !== 'off',
  }));

  return {
    chat: {
      openReply: replies.open,
      say: replies.say,
      fetchFile: (file, signal) => fetchFile(rest, file, signal),
    },

    async listen(front) {
      const needs = { front, rest, messages, tokens, edits, developmentGuild, store, clock, logger };
      const connection = connect({
        rest,
        token,
        readsAll,
        clock,
        logger,
        handlersFor: (bot, signal) =>
          openHandlers({ ...needs, options: () => ({ threads: current().threads, readsAll }) }, bot, signal),
      });
      return {
        state: connection.state,
        async close() {
          await connection.close();
          await replies.leave();
        },
      };
    },
  };
}

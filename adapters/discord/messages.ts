import type { Via } from '../../src/chat/message.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Messages, Target } from '../../src/reply/messages.ts';
import { channelOf } from './address.ts';
import { unreachable } from './api-errors.ts';
import type { ChannelMessages } from './channel-messages.ts';
import type { TokenMessages } from './token-messages.ts';

type Needs = {
  readonly channels: ChannelMessages;
  readonly tokens: TokenMessages;
  readonly clock: Clock;
};

/**
 * What answers an interaction goes by its token as long as that lives; then, like everything else, it is a message
 * in the channel. What only its person may see lies in their direct chat, or is gone.
 */
export function createMessages({ channels, tokens, clock }: Needs): Messages {
  function aliveVia({ via }: Target): Via | undefined {
    return via && clock.wall() < via.until ? via : undefined;
  }

  return {
    async send(to, content, options) {
      const channel = channelOf(to.address);
      const via = aliveVia(to);
      const sent = via ? await tokens.send(via, content, options) : 'ended';
      return sent === 'ended' ? channels.send(channel, content, options) : sent;
    },
    async edit(to, id, content, options) {
      const channel = channelOf(to.address);
      const via = aliveVia(to);
      const done = via ? await tokens.edit(via, id, content, options) : 'ended';
      return done === 'ended' ? channels.edit(channel, id, content, options) : done;
    },
    async setButtons(to, id, buttons, when) {
      const channel = channelOf(to.address);
      const via = aliveVia(to);
      const done = via ? await tokens.setButtons(via, id, buttons, when) : 'ended';
      return done === 'ended' ? channels.setButtons(channel, id, buttons, when) : done;
    },
    async remove(to, id, signal) {
      const channel = channelOf(to.address);
      const via = aliveVia(to);
      const done = via ? await tokens.remove(via, id, signal) : 'ended';
      if (done === 'ended') await channels.remove(channel, id, signal);
    },
    async typing(to) {
      // Whoever asked by an interaction sees that the bot is thinking.
      if (!aliveVia(to)) await channels.typing(channelOf(to.address));
    },
  };
}

/** Says by the token alone: what only its person may see is never said to all. */
export function createPrivately(tokens: TokenMessages): Pick<Messages, 'send' | 'edit'> {
  return {
    async send({ via }, content, options) {
      const sent = via ? await tokens.send(via, content, options) : 'ended';
      if (sent === 'ended')
        throw unreachable('The time in which it could be said to its person alone is over.');
      return sent;
    },
    async edit({ via }, id, content, options) {
      const done = via ? await tokens.edit(via, id, content, options) : 'ended';
      return done === 'ended' ? 'gone' : done;
    },
  };
}

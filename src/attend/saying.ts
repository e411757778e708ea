import type { Said } from '../chat/command.ts';
import { describeFailure } from '../chat/describe-answer.ts';
import { toFailure } from '../errors.ts';
import { createTurns } from '../path/in-turn.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { choiceButtons } from '../reply/buttons.ts';
import type { Content, MessageId, Messages, Target } from '../reply/messages.ts';
import { partsOf, plainOf } from '../reply/outcome-contents.ts';
import type { Platform } from '../reply/platform.ts';
import type { Respond } from './happening.ts';
import { keepSaying } from './keep-saying.ts';

type Needs = {
  readonly messages: Pick<Messages, 'send' | 'edit'>;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Says what is no answer to a question as messages, those of one chat one after the other. */
export type Saying = (to: Target, options: { group: boolean; replyTo?: MessageId | undefined }) => Respond;

export function createSaying({ messages, platform, clock, logger }: Needs): Saying {
  const inTurn = createTurns();

  return (to, { group, replyTo }) => {
    const { chat } = to.address;
    // Only one stranger waits for its turn, so that a crowd holds up nobody else; a group's own limits are narrow.
    const strangers = group ? `strangers ${chat}` : 'strangers';

    /** Returns the id of the last message; undefined where it could not be said. */
    async function send(contents: readonly Content[], offer?: Said['offer']): Promise<MessageId | undefined> {
      let id: MessageId | undefined;
      try {
        for (const [index, content] of contents.entries()) {
          const isLast = index === contents.length - 1;
          id = await messages.send(to, content, {
            urgency: 'final',
            silent: index > 0,
            replyTo,
            ...(isLast && offer && { buttons: choiceButtons(offer.command, offer.choices) }),
          });
        }
        return id;
      } catch (error) {
        logger.warn({ chat, ...toFailure(error) }, 'something could not be said');
        return undefined;
      }
    }

    async function say({ markdown, offer, more }: Said): Promise<void> {
      const id = await inTurn(chat, () => send(partsOf(markdown, platform), offer));
      if (more && id !== undefined) await keepSaying(more, { to, id }, { messages, platform, clock, logger });
    }

    return {
      said: (said) => {
        if (said.markdown !== '') void say(said);
      },
      failure: (failure) => {
        if (!failure.quiet)
          void inTurn(chat, () => send([plainOf(`⚠️ ${describeFailure(failure)}`, platform)]));
      },
      refused: (markdown) => {
        if (markdown !== undefined) void inTurn(strangers, () => send(partsOf(markdown, platform)));
      },
    };
  };
}

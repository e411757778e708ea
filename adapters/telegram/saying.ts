import type { Choice } from '../../src/chat/command.ts';
import { describeFailure } from '../../src/chat/describe-answer.ts';
import type { Address } from '../../src/chat/message.ts';
import { type Failure, toFailure } from '../../src/errors.ts';
import { createTurns } from '../../src/path/in-turn.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { choiceButtons } from './buttons.ts';
import type { Calls, Content } from './calls.ts';
import { partsOf, plainContent } from './contents.ts';
import { isGroup, targetOf } from './target.ts';

type Offer = { readonly command: string; readonly choices: readonly Choice[] };

/** Says something that is no answer to a question. Nobody waits for it, and it is said at most once. */
export type Saying = {
  text(address: Address, markdown: string, replyTo?: number, offer?: Offer): void;
  failure(address: Address, failure: Failure, replyTo?: number): void;
  /** To somebody who is not served: only one such waits for its turn, so that a crowd holds up nobody else. */
  refusal(address: Address, markdown: string, replyTo?: number): void;
};

/** A group's own limits are narrow: nobody elsewhere waits for them. */
const strangersIn = (chat: string) => (isGroup(chat) ? `strangers ${chat}` : 'strangers');

export function createSaying(calls: Pick<Calls, 'send'>, logger: Logger): Saying {
  const inTurn = createTurns();

  async function send(address: Address, contents: readonly Content[], replyTo?: number, offer?: Offer) {
    try {
      for (const [index, content] of contents.entries()) {
        const isLast = index === contents.length - 1;
        await calls.send(targetOf(address), content, {
          urgency: 'final',
          silent: index > 0,
          replyTo,
          ...(isLast && offer && { keyboard: choiceButtons(offer.command, offer.choices) }),
        });
      }
    } catch (error) {
      logger.warn({ chat: address.chat, ...toFailure(error) }, 'something could not be said');
    }
  }

  return {
    text: (address, markdown, replyTo, offer) =>
      void inTurn(address.chat, () => send(address, partsOf(markdown), replyTo, offer)),
    failure: (address, failure, replyTo) =>
      void inTurn(address.chat, () =>
        send(address, [plainContent(`⚠️ ${describeFailure(failure)}`)], replyTo),
      ),
    refusal: (address, markdown, replyTo) =>
      void inTurn(strangersIn(address.chat), () => send(address, partsOf(markdown), replyTo)),
  };
}

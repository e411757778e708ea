import type { Deed } from '../../src/attend/happening.ts';
import { pressedMessage } from '../../src/attend/pressed-message.ts';
import type { Address, Via } from '../../src/chat/message.ts';
import { toFailure } from '../../src/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Messages } from '../../src/reply/messages.ts';
import { partsOf } from '../../src/reply/outcome-contents.ts';
import { DISCORD } from './platform.ts';

export type PressNeeds = {
  readonly messages: Pick<Messages, 'edit' | 'setButtons'>;
  /** Says something to the person alone. */
  readonly privately: Pick<Messages, 'send'>;
  readonly clock: Clock;
  readonly logger: Logger;
};

type Pressed = {
  readonly data: string;
  readonly message: string;
  readonly address: Address;
  /** Opens the message, and tells its person something. */
  readonly via: Via;
};

/** A button that was pressed. Nobody waits for what is told of it. */
export function pressedOn(
  { data, message, address, via }: Pressed,
  { messages, privately, clock, logger }: PressNeeds,
): Extract<Deed, { kind: 'pressed' }> {
  const on = pressedMessage({ address, via }, message, { messages, platform: DISCORD, clock, logger });
  /** What the message itself says now need not be told. */
  let shown: string | undefined;

  return {
    kind: 'pressed',
    data,
    tell(words) {
      const [content] = words === shown ? [] : partsOf(words, DISCORD);
      if (!content) return;
      const toOne = { address, via: { ...via, private: true } };
      privately.send(toOne, content, { urgency: 'final' }).catch((error: unknown) => {
        logger.warn({ ...toFailure(error) }, 'a press was not answered');
      });
    },
    on: {
      ...on,
      replace(said) {
        shown = said.markdown;
        on.replace(said);
      },
    },
  };
}

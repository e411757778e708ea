import { toFailure } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { choiceButtons } from '../reply/buttons.ts';
import type { MessageId, Messages, Target } from '../reply/messages.ts';
import { partsOf } from '../reply/outcome-contents.ts';
import type { Platform } from '../reply/platform.ts';
import type { PressedMessage } from './happening.ts';
import { keepSaying } from './keep-saying.ts';

type Needs = {
  readonly messages: Pick<Messages, 'edit' | 'setButtons'>;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** A message whose button was pressed. Nobody waits for what it looks like then. */
export function pressedMessage(to: Target, id: MessageId, needs: Needs): PressedMessage {
  const { messages, platform, logger } = needs;
  const when = { urgency: 'final' } as const;

  function later(task: Promise<unknown>): void {
    task.catch((error: unknown) => logger.warn({ ...toFailure(error) }, 'a pressed message was not changed'));
  }

  return {
    id: String(id),
    dropButtons: () => later(messages.setButtons(to, id, undefined, when)),
    offer: (buttons) => later(messages.setButtons(to, id, buttons, when)),
    replace({ markdown, offer, more }) {
      const [content] = partsOf(markdown, platform);
      const buttons = offer && choiceButtons(offer.command, offer.choices);
      if (!content) return;
      const replaced = messages.edit(to, id, content, { ...when, buttons });
      later(more ? replaced.then(() => keepSaying(more, { to, id }, needs)) : replaced);
    },
  };
}

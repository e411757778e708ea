import type { Deed } from '../../src/attend/happening.ts';
import { pressedMessage } from '../../src/attend/pressed-message.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Messages } from '../../src/reply/messages.ts';
import type { Calls } from './calls.ts';
import { TELEGRAM } from './platform.ts';
import type { Reading } from './read-update.ts';

type Needs = {
  readonly calls: Pick<Calls, 'answerPress'>;
  readonly messages: Pick<Messages, 'edit' | 'setButtons'>;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** A button that was pressed. */
export function pressedOn(
  { queryId, data, address, messageId }: Extract<Reading, { kind: 'press' }>,
  { calls, ...more }: Needs,
): Extract<Deed, { kind: 'pressed' }> {
  const needs = { ...more, platform: TELEGRAM };
  return {
    kind: 'pressed',
    data,
    tell: (words, alert) => void calls.answerPress(queryId, TELEGRAM.render(words).visible, alert),
    on: messageId === undefined ? undefined : pressedMessage({ address }, messageId, needs),
  };
}

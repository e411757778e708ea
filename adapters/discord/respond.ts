import type { Respond } from '../../src/attend/happening.ts';
import type { Saying } from '../../src/attend/saying.ts';
import type { Address, Via } from '../../src/chat/message.ts';
import { toFailure } from '../../src/errors.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { ORIGINAL, type TokenMessages } from './token-messages.ts';

const NOT_SERVED = 'You are not served here.';

type Needs = {
  /** Goes on in the channel where the token has ended. */
  readonly say: Saying;
  /** Reaches the person alone, or nobody. */
  readonly sayPrivately: Saying;
  readonly tokens: Pick<TokenMessages, 'remove'>;
  readonly logger: Logger;
};

/** What is said about an interaction takes the place of "is thinking…", which must not stay. */
export type RespondBy = (address: Address, via: Via) => Respond;

export function createRespond({ say, sayPrivately, tokens, logger }: Needs): RespondBy {
  return (address, via) => {
    const inner = (via.private ? sayPrivately : say)({ address, via }, { group: false });

    function removeThinking(): void {
      tokens.remove(via, ORIGINAL).catch((error: unknown) => {
        logger.warn({ ...toFailure(error) }, 'an answer without words was not removed');
      });
    }

    return {
      said: (said) => (said.markdown === '' ? removeThinking() : inner.said(said)),
      failure: inner.failure,
      refused: (markdown) => inner.refused(markdown ?? NOT_SERVED),
    };
  };
}

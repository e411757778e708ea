import type { Said } from '../chat/command.ts';
import { toFailure } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { choiceButtons } from '../reply/buttons.ts';
import type { MessageId, Messages, Target } from '../reply/messages.ts';
import { partsOf } from '../reply/outcome-contents.ts';
import type { Urgency } from '../reply/pace.ts';
import type { Platform } from '../reply/platform.ts';
import { pause } from '../within.ts';

/** Seconds on a message may move so often. */
const EVERY_MS = 3_000;

type Needs = {
  readonly messages: Pick<Messages, 'edit'>;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly logger: Logger;
};

type More = NonNullable<Said['more']>;

/**
 * Shows in the place of a message what is said from now on: what comes in between when there is room for it and always
 * the newest, the last for certain. Of a message that is gone nobody needs to know. Never throws.
 */
export async function keepSaying(
  more: More,
  { to, id }: { readonly to: Target; readonly id: MessageId },
  { messages, platform, clock, logger }: Needs,
): Promise<void> {
  const ended = new AbortController();
  const { signal } = ended;
  let newest: Said | undefined;
  let shown: Said | undefined;
  let news = Promise.withResolvers<void>();

  async function read(): Promise<void> {
    for await (const said of more) {
      newest = said;
      news.resolve();
    }
  }

  function edit(urgency: Urgency): Promise<'edited' | 'gone'> {
    const content = () => {
      shown = newest;
      return partsOf(newest?.markdown ?? '', platform)[0] ?? platform.plain('…');
    };
    const { offer } = newest ?? {};
    const buttons = offer && choiceButtons(offer.command, offer.choices);
    return messages.edit(to, id, content, { urgency, buttons, ...(urgency === 'preview' && { signal }) });
  }

  /** Returns false where the message is gone. */
  async function showNewest(): Promise<boolean> {
    try {
      return (await edit('preview')) === 'edited';
    } catch (error) {
      if (!signal.aborted) logger.debug({ ...toFailure(error) }, 'a preview was left out');
      shown = undefined;
      return true;
    }
  }

  async function showOnTheWay(): Promise<boolean> {
    for (;;) {
      await news.promise;
      if (signal.aborted) return true;
      news = Promise.withResolvers();
      if (newest !== shown && !(await showNewest())) return false;
      await pause({ clock, ms: EVERY_MS, signal });
    }
  }

  void read()
    .catch((error: unknown) => logger.error({ ...toFailure(error) }, 'what was to be said ended in an error'))
    .finally(() => {
      ended.abort();
      news.resolve();
    });
  if (!(await showOnTheWay()) || newest === shown) return;
  try {
    await edit('final');
  } catch (error) {
    logger.warn({ ...toFailure(error) }, 'how something ended could not be said');
  }
}

import { randomUUID } from 'node:crypto';
import type { CacheWish } from '../../../src/cache/cacheable.ts';
import { OstlerError } from '../../../src/errors.ts';
import type { Decide } from '../decide.ts';
import { after, parting, persist } from '../persist.ts';
import { type Reach, reaching } from '../reach.ts';
import type { Screen } from '../screen.ts';
import { showError, showLate } from '../show.ts';
import type { Outgoing } from './client.ts';
import { follow } from './follow.ts';

type Asked = {
  readonly text: string;
  readonly images: Outgoing['images'];
  readonly model?: string;
  /** Continues this conversation; left out: the question stands alone. */
  readonly chat?: string;
  readonly timeoutSeconds?: number;
  readonly cache?: CacheWish;
  readonly decide?: Decide | undefined;
  /** Everybody else goes first. */
  readonly background?: true;
};

/**
 * Asks one question and shows the answer as it grows. `interrupted` stops it at the bot, as does its time
 * limit. Survives a restart of the bot: the question is sent again under the same id, to whoever `reach`
 * finds then. Returns the exit code.
 */
export async function ask(
  { text, images, model, chat, timeoutSeconds, cache, decide, background }: Asked,
  reach: Reach,
  screen: Screen,
  interrupted: AbortSignal,
): Promise<number> {
  const place = chat ?? `ask-${randomUUID()}`;
  const more = {
    ...(model !== undefined && { model }),
    ...(cache && { cache }),
    ...(background && { background }),
  };
  const message: Outgoing = { id: randomUUID(), text, images, ...more, standalone: chat === undefined };
  const limits = timeoutSeconds === undefined ? [] : [after(timeoutSeconds)];
  const leave = AbortSignal.any([interrupted, ...limits]);
  try {
    return await persist(leave, (connected) =>
      reaching(reach, async (reached) => {
        const receipt = await reached.client.send(place, message, parting(leave));
        if (receipt.kind === 'refused') throw new OstlerError(receipt.failure.message, receipt.failure);
        connected();
        return follow(reached, { chat: place, job: receipt.job, decide }, screen, leave);
      }),
    );
  } catch (error) {
    const late = leave.aborted && !interrupted.aborted;
    return late ? showLate(timeoutSeconds, screen) : showError(error, screen, interrupted);
  }
}

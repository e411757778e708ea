import type { Api } from 'grammy';
import { OstlerError } from '../../src/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { pause, within } from '../../src/within.ts';
import { ALLOWED_UPDATES } from './allowed-updates.ts';
import { createIntake } from './intake.ts';
import type { ApiSignal } from './open-api.ts';
import { backOffMs, createPollTroubles, type PollState } from './poll-trouble.ts';
import type { HandleUpdate } from './take-update.ts';

/** How long Telegram holds a poll that it has nothing for. */
const HOLD_SECONDS = 30;
/** A poll that is not answered so long after that never will be. */
const OVERDUE_MS = 10_000;
const BATCH_SIZE = 100;
/** An answer with nothing new comes at most so often, also from a server that does not hold polls. */
const IDLE_MS = 250;
const DROP_WEBHOOK_MS = 10_000;
/** The last confirmation may not delay the end for longer. */
const CONFIRM_MS = 2_000;
/** Pauses while updates cannot be taken, such as while the disk is full. */
const RETRY = { firstMs: 1_000, mostMs: 30_000 };

type PollParameters = NonNullable<Parameters<Api['getUpdates']>[0]>;

export type Polling = {
  /** One call of getUpdates (https://core.telegram.org/bots/api#getupdates). */
  readonly fetchUpdates: (parameters: PollParameters, signal: ApiSignal) => Promise<unknown>;
  /** deleteWebhook; what waits at Telegram must be kept. */
  readonly dropWebhook: (signal: ApiSignal) => Promise<unknown>;
  readonly handle: HandleUpdate;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onState: (state: PollState) => void;
  readonly signal: AbortSignal;
  readonly random?: () => number;
};

/**
 * Fetches updates until the signal aborts, and confirms none before it is taken. Resolves once what was
 * begun is taken and confirmed; never rejects. The next poll waits for every update of the one before:
 * a handler queues and returns, it never waits for an answer to a question.
 */
export async function pollUpdates(polling: Polling): Promise<void> {
  const { fetchUpdates, dropWebhook, handle, clock, logger, onState, signal } = polling;
  const { random = Math.random } = polling;
  const troubles = createPollTroubles({ clock, logger, onState, random });
  const intake = createIntake(handle, logger);
  let confirmed = 0;
  let refusals = 0;

  async function ask(timeout: number): Promise<readonly unknown[]> {
    const offset = intake.offset();
    const parameters = { offset, timeout, limit: BATCH_SIZE, allowed_updates: ALLOWED_UPDATES };
    const limits = { clock, ms: timeout * 1_000 + OVERDUE_MS, signal };
    const updates = await within(limits, (ends) => fetchUpdates(parameters, ends as ApiSignal));
    if (!Array.isArray(updates)) throw noList();
    confirmed = offset;
    return updates;
  }

  /** Returns how long to wait. */
  async function meet(error: unknown): Promise<number> {
    const { waitMs, isWebhook } = troubles.met(error);
    if (!isWebhook) return waitMs;
    const limits = { clock, ms: DROP_WEBHOOK_MS, signal };
    return within(limits, (ends) => dropWebhook(ends as ApiSignal)).then(
      () => waitMs,
      (failure: unknown) => (signal.aborted ? 0 : troubles.met(failure).waitMs),
    );
  }

  function refused({ code, hint }: OstlerError): number {
    refusals += 1;
    if (refusals === 1 && !signal.aborted)
      logger.warn({ code, hint }, 'updates cannot be taken now; they come again');
    return backOffMs(refusals, { ...RETRY, random });
  }

  function accepted(): void {
    if (refusals > 0) logger.info({}, 'updates are taken again');
    refusals = 0;
  }

  /** One poll, and what came of it. Returns how long to wait before the next. */
  async function round(): Promise<number> {
    const askedAt = clock.now();
    const isHeld = !troubles.isUnclear();
    let updates: readonly unknown[];
    try {
      updates = await ask(isHeld ? HOLD_SECONDS : 0);
    } catch (error) {
      return signal.aborted ? 0 : meet(error);
    }
    troubles.over();
    const { fresh, failed } = await intake.take(updates);
    if (failed) return refused(failed);
    accepted();
    return fresh > 0 || !isHeld ? 0 : askedAt + IDLE_MS - clock.now();
  }

  while (!signal.aborted) await pause({ clock, ms: await round(), signal });

  const offset = intake.offset();
  if (offset === confirmed) return;
  const parameters = { offset, timeout: 0, limit: 1, allowed_updates: ALLOWED_UPDATES };
  // Whatever goes wrong: what is not confirmed comes again, and is known then.
  await within({ clock, ms: CONFIRM_MS }, (ends) => fetchUpdates(parameters, ends as ApiSignal)).catch(
    () => {},
  );
}

function noList(): OstlerError {
  return new OstlerError('The answer is no list of updates.', { code: 'unreachable', retryable: true });
}

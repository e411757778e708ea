import { barOf, describeProgress } from '../chat/describe-progress.ts';
import { asksOf, type Progress } from '../chat/progress.ts';
import { OstlerError, toFailure } from '../errors.ts';
import type { Job } from '../path/job.ts';
import type { Reply } from '../ports/reply.ts';
import { type Answering, openAnswering } from './answering.ts';
import type { Surroundings } from './surroundings.ts';
import { startTyping } from './typing.ts';

/** Whoever waits for less sees that somebody types. */
const CARD_AFTER_MS = 3_000;
/** How often the seconds on a card may move. */
const CARD_EVERY_MS = 5_000;
/** After a preview could not be shown. */
const REST_MS = 3_000;
/** The first words of an answer stand in the phone's notification: fewer say nothing. */
const FIRST_CHARACTERS = 16;

/** How one answer is shown. */
export type Showing = {
  /** Whether it is shown while it grows. */
  readonly grows: boolean;
  /** How what is shown on the way becomes messages; left out: by edits. */
  readonly open?: ((job: Job, around: Surroundings) => Promise<Answering>) | undefined;
};

export type ChatReply = Reply & {
  /** Shows nothing more on the way. Resolves once what was under way is noted. */
  leave(): Promise<void>;
};

/**
 * One question's answer in a chat: typing, a card that says what is waited for, the growing text, the
 * outcome. What is shown on the way is best effort, one call after the other, always the newest.
 */
export function createReply(job: Job, around: Surroundings & Showing): ChatReply {
  const { messages, platform, clock, logger, grows, open = openAnswering } = around;
  /** As if it had been opened when the question was taken: who waited before a restart has waited. */
  const takenAt = clock.now() - Math.max(0, clock.wall() - job.enqueuedAt);
  let progress: Progress | undefined;
  const typing = startTyping(clock, platform.typingEveryMs, () => {
    // Who is asked something is waited for.
    if (!progress || !asksOf(progress)) void messages.typing(job.message);
  });
  const previewing = new AbortController();
  let answering: Promise<Answering> | undefined;
  let text = '';
  let thinks = false;
  let showing: Promise<void> | undefined;
  let dirty = false;
  let cancelTimer = () => {};
  let restsUntil = Number.NEGATIVE_INFINITY;
  let cardShownAt = Number.NEGATIVE_INFINITY;
  let cardStage = '';
  /** The question on the card. */
  let cardAsks: string | undefined;

  /** Read once; where that fails, the next one tries again. */
  function opened(): Promise<Answering> {
    answering ??= open(job, around);
    answering.catch(() => {
      answering = undefined;
    });
    return answering;
  }

  function changed(): void {
    dirty = true;
    if (clock.now() >= restsUntil) show();
  }

  function show(): void {
    if (showing || previewing.signal.aborted) return;
    showing = showAll().finally(() => {
      showing = undefined;
      // It may have changed since it was looked at last.
      if (dirty && clock.now() >= restsUntil) show();
    });
  }

  function lookAgain(ms: number): void {
    cancelTimer();
    cancelTimer = clock.after(ms, () => {
      dirty = true;
      show();
    });
  }

  async function showAll(): Promise<void> {
    try {
      while (dirty && !previewing.signal.aborted) {
        dirty = false;
        await showNewest(await opened());
      }
    } catch (error) {
      if (previewing.signal.aborted) return;
      logger.debug({ job: job.id, ...toFailure(error) }, 'a preview was left out');
      restsUntil = clock.now() + REST_MS;
      lookAgain(REST_MS);
    }
  }

  async function showNewest(page: Answering): Promise<void> {
    const { signal } = previewing;
    if (text.trim().length >= FIRST_CHARACTERS && grows) {
      typing.stop();
      await page.grow(() => text, signal);
    } else if (progress) await showCard(page, progress, signal);
  }

  function words(): string {
    // It began anew while its turn came.
    if (!progress) throw new OstlerError('There is nothing to show.', { code: 'busy', retryable: true });
    if (progress.stage === 'generating' && thinks) return `${progress.model} is thinking`;
    return [describeProgress(progress), barOf(progress)].filter(Boolean).join(' ');
  }

  async function showCard(page: Answering, shown: Progress, signal: AbortSignal): Promise<void> {
    const asks = asksOf(shown);
    // What is asked holds everything up, and what was answered is seen.
    const isUrgent = asks !== undefined || cardAsks !== undefined;
    const firstAt = isUrgent ? Number.NEGATIVE_INFINITY : takenAt + CARD_AFTER_MS;
    const isSame = shown.stage === cardStage && asks?.id === cardAsks;
    const dueAt = Math.max(firstAt, isSame ? cardShownAt + CARD_EVERY_MS : firstAt);
    if (dueAt > clock.now()) return lookAgain(dueAt - clock.now());
    const early = shown.stage === 'queued' && shown.waitsFor === 'chat';
    await page.wait({ words, early, asks }, signal);
    cardShownAt = clock.now();
    cardStage = shown.stage;
    cardAsks = asks?.id;
  }

  async function leave(): Promise<void> {
    typing.stop();
    cancelTimer();
    previewing.abort(new OstlerError('Nothing more is shown.', { code: 'cancelled' }));
    await showing;
  }

  return {
    leave,
    progress(next) {
      progress = next;
      changed();
    },
    thinking() {
      if (thinks) return;
      thinks = true;
      changed();
    },
    text(more) {
      text += more;
      changed();
    },
    // What there is stays to be seen until it is known what comes next.
    restart() {
      text = '';
      thinks = false;
      progress = undefined;
    },
    async finish(exchange, _cursor, signal) {
      await leave();
      await (await opened()).conclude(exchange, signal);
    },
  };
}

import { createHash } from 'node:crypto';
import type { Job } from '../../src/path/job.ts';
import { type Answering, openAnswering } from '../../src/reply/answering.ts';
import type { Content } from '../../src/reply/messages.ts';
import type { Surroundings } from '../../src/reply/surroundings.ts';
import type { Calls } from './calls.ts';
import { TELEGRAM } from './platform.ts';
import { targetOf } from './target.ts';

/** Telegram shows a draft for 30 s. */
const AGAIN_AFTER_MS = 22_000;
const LARGEST_ID = 2 ** 31 - 1;

/** A job's draft: never 0, always the same. */
export function draftIdOf(job: string): number {
  return (createHash('sha256').update(job).digest().readUInt32BE() % LARGEST_ID) + 1;
}

/** What is shown on the way is a draft, which only its person sees; the outcome is a message like any other. */
export async function openDraft(
  job: Job,
  around: Surroundings,
  calls: Pick<Calls, 'draft'>,
): Promise<Answering> {
  const { clock } = around;
  const answering = await openAnswering(job, around);
  const target = targetOf(job.message.address);
  const draftId = draftIdOf(job.id);
  const parts = TELEGRAM.createParts();
  let cancel = () => {};
  let hasCard = false;

  async function show(content: () => Content, signal: AbortSignal): Promise<void> {
    cancel();
    await calls.draft(target, draftId, content, signal);
    // Best effort, like every preview.
    if (!signal.aborted)
      cancel = clock.after(AGAIN_AFTER_MS, () => void show(content, signal).catch(() => {}));
  }

  return {
    async wait(card, signal) {
      // A draft has no buttons: what is asked is a message, and stays one.
      hasCard ||= card.asks !== undefined;
      if (!hasCard) return show(() => TELEGRAM.plain(card.words()), signal);
      cancel();
      return answering.wait(card, signal);
    },
    grow: (text, signal) => show(() => TELEGRAM.render(parts.parts(text()).at(-1) ?? ''), signal),
    conclude(exchange, signal) {
      cancel();
      return answering.conclude(exchange, signal);
    },
  };
}

import { describeAbout } from './describe-amount.ts';
import { describeUnload, listed } from './describe-unload.ts';
import type { ConversationEvent } from './front.ts';
import type { EstimatedSeconds, KeptRoom, LoadProgress, Progress } from './progress.ts';

const BAR_CELLS = 5;

/** What a question waits for, in the words that every front shows. An estimate is called one. */
export function describeProgress(progress: Progress): string {
  switch (progress.stage) {
    case 'queued':
      return describeQueued(progress);
    case 'checking_memory':
      if (progress.asks) return describeUnload(progress.model, progress.asks);
      return `Looking whether the memory holds ${progress.model}`;
    case 'unloading':
      return `Unloading ${progress.unloading.join(', ')} → then loading ${progress.model}`;
    case 'loading':
      return describeLoad(`Loading ${progress.model}`, progress);
    case 'initializing':
      return describeLoad(`Starting ${progress.model}`, progress);
    case 'generating':
      return `${progress.model} is reading the question`;
  }
}

/** A bar for fronts that have nothing but text: of a load, as far as it is estimated; else empty. */
export function barOf(progress: Progress): string {
  if (progress.stage !== 'loading' && progress.stage !== 'initializing') return '';
  if (progress.share === undefined) return '';
  const full = Math.floor(progress.share * BAR_CELLS);
  return `${'▓'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}`;
}

/** How the followers of a conversation are told. */
export function progressEvent(job: string, progress: Progress): ConversationEvent {
  return { type: 'progress', job, progress, words: describeProgress(progress) };
}

function describeLoad(what: string, { forSeconds, estimate }: LoadProgress): string {
  if (!estimate) return `${what} (${forSeconds} s so far)`;
  const { aboutSeconds, upToSeconds, basis } = estimate;
  const usually =
    basis === 'measured' ? `(usually ${describeAbout(aboutSeconds)})` : '(a guess from its size)';
  if (forSeconds < aboutSeconds)
    return `${what}: about ${describeAbout(aboutSeconds - forSeconds)} left ${usually}`;
  if (forSeconds < upToSeconds)
    return `${what}: up to ${describeAbout(upToSeconds - forSeconds)} more ${usually}`;
  const than = basis === 'measured' ? 'longer than usual' : 'longer than guessed';
  return `${what}: ${than}, ${describeAbout(forSeconds)} so far`;
}

function describeQueued(queued: Extract<Progress, { stage: 'queued' }>): string {
  const { waitsFor, ahead, model, estimate, kept } = queued;
  const others = ahead === 0 ? '' : ahead === 1 ? '1 question ahead' : `${ahead} questions ahead`;
  const and = [others, describeStart(estimate)].map((part) => (part === '' ? '' : ` · ${part}`)).join('');
  switch (waitsFor) {
    case 'ollama':
      return 'Ollama cannot be reached; trying again';
    case 'retry':
      return 'That failed; trying again in a moment';
    case 'pictures':
      return 'Fetching what you sent';
    case 'chat':
      return `Waiting for the earlier questions of this chat${and}`;
    case 'model':
      return `Waiting until ${model} can be loaded${and}`;
    case 'order':
      return `Waiting for ${ahead === 1 ? 'a load' : `${ahead} loads`} ordered earlier`;
    case 'room':
      return describeKept(kept);
    case 'turn':
      return and.slice(' · '.length) || 'Next in line';
  }
}

function describeKept({ by, aboutSeconds }: KeptRoom = { by: [] }): string {
  const [leave, them] = by.length === 1 ? ['leaves', 'it'] : ['leave', 'them'];
  const when =
    aboutSeconds === undefined
      ? `once nobody asks ${them} any more`
      : `in about ${describeAbout(aboutSeconds)}, if nobody asks ${them}`;
  return `Waiting until ${listed(by)} ${leave} the memory: ${when}`;
}

function describeStart(estimate: EstimatedSeconds | undefined): string {
  if (!estimate) return '';
  const { aboutSeconds, basis } = estimate;
  return `begins in about ${describeAbout(aboutSeconds)}${basis === 'guessed' ? ', at a guess' : ''}`;
}

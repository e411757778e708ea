import type { ConversationEvent } from './front.ts';
import type { Progress } from './progress.ts';

/** What a question waits for, in the words that every front shows. */
export function describeProgress(progress: Progress): string {
  switch (progress.stage) {
    case 'queued':
      return describeQueued(progress);
    case 'unloading':
      return `Unloading ${progress.unloading.join(', ')} → then loading ${progress.model}`;
    case 'loading':
      return `Loading ${progress.model} (${progress.forSeconds} s so far)`;
    case 'generating':
      return `${progress.model} is reading the question`;
  }
}

/** How the followers of a conversation are told. */
export function progressEvent(job: string, progress: Progress): ConversationEvent {
  return { type: 'progress', job, progress, words: describeProgress(progress) };
}

function describeQueued({ waitsFor, ahead, model }: Extract<Progress, { stage: 'queued' }>): string {
  const others = ahead === 0 ? '' : ahead === 1 ? '1 question ahead' : `${ahead} questions ahead`;
  const and = others === '' ? '' : ` · ${others}`;
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
    case 'turn':
      return others || 'Next in line';
  }
}

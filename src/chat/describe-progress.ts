import type { Progress } from './progress.ts';

/** What a question waits for, in words. */
export function describeProgress(progress: Progress): string {
  switch (progress.stage) {
    case 'queued':
      return describeQueued(progress);
    case 'unloading':
      return `unloading ${progress.unloading.join(', ')} to make room for ${progress.model}`;
    case 'loading':
      return `loading ${progress.model} (${progress.forSeconds} s so far)`;
    case 'generating':
      return `${progress.model} is reading the question`;
  }
}

function describeQueued({ waitsFor, ahead, model }: Extract<Progress, { stage: 'queued' }>): string {
  const before = ahead === 0 ? '' : ahead === 1 ? ', 1 question ahead' : `, ${ahead} questions ahead`;
  switch (waitsFor) {
    case 'ollama':
      return 'Ollama cannot be reached; trying again';
    case 'chat':
      return `waiting for the earlier questions of this chat${before}`;
    case 'model':
      return `waiting until ${model} can be loaded${before}`;
    case 'turn':
      return `waiting for ${model}${before}`;
  }
}

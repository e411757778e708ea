import type { Progress } from '../../src/chat/progress.ts';

/** Without a bot that would wait for it, an Ollama that is away ends the question. */
const PATIENCE_WITH_OLLAMA_MS = 5_000;

/** How long somebody waits for an Ollama that is away. */
export type Patience = {
  /** Aborted when it is over. */
  readonly signal: AbortSignal;
  look(progress: Progress): void;
  end(): void;
};

export function createPatience(): Patience {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  function end(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  return {
    signal: over.signal,
    look(progress) {
      const away = progress.stage === 'queued' && progress.waitsFor === 'ollama';
      if (away) timer ??= setTimeout(() => over.abort(), PATIENCE_WITH_OLLAMA_MS);
      else end();
    },
    end,
  };
}

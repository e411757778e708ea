import { setTimeout as pause } from 'node:timers/promises';
import type { StatusView } from '../chat/status-view.ts';
import { OstlerError } from '../errors.ts';

/** So long a bot waits at its start for a question of the terminal to end. */
const TAKEOVER_LIMIT_MS = 60_000;
const TAKEOVER_PAUSE_MS = 100;

type Start = {
  readonly serve: () => Promise<number>;
  /** How whoever uses the folder is; undefined: nobody answers. */
  readonly status: () => Promise<StatusView | undefined>;
  readonly tell: (words: string) => void;
};

/**
 * Runs the bot, as soon as a question of the terminal that uses its folder is answered. Returns the exit code.
 */
export async function startBot({ serve, status, tell }: Start): Promise<number> {
  const givesUpAt = performance.now() + TAKEOVER_LIMIT_MS;
  for (let waits = false; ; waits = true) {
    try {
      return await serve();
    } catch (error) {
      const busy = error instanceof OstlerError && error.code === 'already_running';
      if (!busy || performance.now() > givesUpAt || !isPassing(await status())) throw error;
      if (!waits) tell('a question of the terminal is being answered here; waiting for it');
      await pause(TAKEOVER_PAUSE_MS);
    }
  }
}

/** Whether who uses the folder will be gone soon, or is. */
function isPassing(status: StatusView | undefined): boolean {
  return status === undefined || status.passing === true;
}

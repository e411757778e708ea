import type { Exchange } from '../chat/exchange.ts';
import type { Progress } from '../chat/progress.ts';
import type { Job } from '../path/job.ts';

/** How one question's answer reaches its chat. Only `finish` must arrive; the rest is best effort. */
export type Reply = {
  progress(progress: Progress): void;
  thinking(text: string): void;
  text(text: string): void;
  /** The answer begins anew: what was shown of it is void. */
  restart(): void;
  /**
   * Delivers the outcome. Called again after a crash, it must not deliver twice. Throws where it may succeed
   * later: it is called again then. Gives up waiting when the signal aborts.
   */
  finish(exchange: Exchange, cursor: string, signal?: AbortSignal): Promise<void>;
};

/** Needs only the job, so that any process can answer any chat, also after a restart. */
export type OpenReply = (job: Job) => Reply;

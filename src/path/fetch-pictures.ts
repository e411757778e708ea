import type { FileRef, RemoteFile } from '../chat/message.ts';
import { type Failure, OstlerError, toFailure, toOstlerError } from '../errors.ts';
import type { Chat } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { Logger } from '../ports/logger.ts';
import type { Job } from './job.ts';
import type { Fetched } from './receive.ts';

/** A picture that could not be fetched is tried again so often; then its person is told. */
const ATTEMPTS = 6;
const AGAIN_AFTER_MS = 5_000;

type Surroundings = {
  readonly chats: Readonly<Record<string, Chat>>;
  readonly files: Pick<Files, 'keep'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Whether the question still waits, as this message. */
  readonly waits: (job: Job) => boolean;
  readonly attach: (job: Job, fetched: Fetched) => Promise<boolean>;
  readonly giveUp: (job: Job, failure: Failure) => void;
};

/**
 * Fetches what a waiting question brought, before a model is kept for it: the question is not begun without.
 * Resolves when the pictures are attached or there is nothing to attach them to. Never throws.
 */
export function createFetchPictures(surroundings: Surroundings): (job: Job) => Promise<void> {
  const { chats, files, clock, logger, signal, waits, attach, giveUp } = surroundings;
  const fetched = new Map<string, FileRef>();

  async function fetchOne({ message }: Job, file: RemoteFile): Promise<void> {
    if (fetched.has(file.id)) return;
    const chat = chats[message.address.platform];
    if (!chat) {
      throw new OstlerError('The picture lies with a platform that is off.', { code: 'bad_input' });
    }
    const bytes = await chat.fetchFile(file, signal);
    fetched.set(file.id, await files.keep(bytes, file.mediaType));
  }

  /** Returns whether it is over. */
  async function attempt(job: Job, wanted: readonly RemoteFile[], isLast: boolean): Promise<boolean> {
    try {
      await Promise.all(wanted.map((file) => fetchOne(job, file)));
      await attach(job, fetched);
      return true;
    } catch (cause) {
      const error = toOstlerError(cause);
      if (signal.aborted) return true;
      logger.warn({ job: job.id, ...toFailure(error) }, 'a picture could not be fetched');
      if (!isLast && (error.retryable || error.code === 'storage')) return false;
      giveUp(job, toFailure(error));
      return true;
    }
  }

  return async (job) => {
    const wanted = job.message.remoteImages ?? [];
    if (wanted.length === 0) return;
    for (let left = ATTEMPTS - 1; !(await attempt(job, wanted, left === 0)); left -= 1) {
      await new Promise<void>((resolve) => void clock.after(AGAIN_AFTER_MS, resolve));
      if (signal.aborted || !waits(job)) break;
    }
    for (const { id } of wanted) fetched.delete(id);
  };
}

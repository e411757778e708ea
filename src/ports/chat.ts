import type { RemoteFile } from '../chat/message.ts';
import type { OpenReply } from './reply.ts';

/** The half of a platform that needs no connection of its own: any process can answer any chat with it. */
export type Chat = {
  readonly openReply: OpenReply;
  /** Throws `bad_input` for what is too large or gone, a retryable error where it may succeed later. */
  fetchFile(file: RemoteFile, signal: AbortSignal): Promise<Uint8Array>;
};

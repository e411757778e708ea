import type { FileRef } from '../chat/message.ts';

/** Bytes under the hash of their content. The oldest go when the quota is full. */
export type Files = {
  /** Throws `bad_input` for what is too large. */
  keep(bytes: Uint8Array, mediaType: string): Promise<FileRef>;
  /** Throws `bad_input` where the bytes are gone. */
  read(file: FileRef): Promise<Uint8Array>;
};

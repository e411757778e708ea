import { createHash } from 'node:crypto';
import type { CacheWish } from '../cache/cacheable.ts';

/** Where a message came from and where its answer goes: plain data, so any process can answer later. */
export type Address = {
  readonly platform: string;
  readonly chat: string;
  readonly thread?: string;
};

/** A file that a message brought. The bytes lie in the content-addressed folder under `sha256`. */
export type FileRef = { readonly sha256: string; readonly mediaType: string; readonly sizeBytes: number };

/** A file that still lies with its platform, under the platform's own id. */
export type RemoteFile = { readonly id: string; readonly mediaType: string; readonly sizeBytes?: number };

/** What a message replies to, in the words of who wrote it. */
export type Quoted = { readonly text: string; readonly from?: string };

/** A piece of a question that arrived in several messages. */
export type MessagePart = { readonly id: string; readonly text: string };

/** What a person sent, as every front hands it over. */
export type Message = {
  /** The platform's own id, unique within the chat: a message that arrives twice is answered once. */
  readonly id: string;
  readonly address: Address;
  readonly person: { readonly id: string; readonly name?: string };
  readonly kind: 'direct' | 'group';
  /** Text or caption, without the mention or the command. */
  readonly text: string;
  readonly images: readonly FileRef[];
  /** Pictures that are fetched when the question is answered. */
  readonly remoteImages?: readonly RemoteFile[];
  readonly quoted?: Quoted;
  /** Who wrote it, where the person only passed it on. */
  readonly forwardedFrom?: string;
  /**
   * A platform may cut one question into several messages. Messages of one key that come before `until`
   * (milliseconds since 1970) are one question; until then it is not begun.
   */
  readonly gather?: { readonly key: string; readonly until: number };
  /** The messages that this question was made of, where there is more than one; the first has its id. */
  readonly parts?: readonly MessagePart[];
  /** A model (alias or tag) for this message only. */
  readonly model?: string;
  /** Asked without the conversation's history, and kept out of it. */
  readonly standalone?: boolean;
  /** The job of a question that this one takes the place of. */
  readonly insteadOf?: string;
  /** Nobody waits for the answer: it is made when there is nothing else to do. */
  readonly isBackground?: true;
  /** What it asks of the response cache. */
  readonly cache?: CacheWish;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  /** How a platform wants just this message answered, where not by a message to its address. */
  readonly via?: Via;
};

/** The right to answer one request of a platform. `until`: milliseconds since 1970. */
export type Via = {
  readonly token: string;
  readonly until: number;
  /** Only its person sees the answer. */
  readonly private: boolean;
};

export function hasPictures({ images, remoteImages = [] }: Message): boolean {
  return images.length + remoteImages.length > 0;
}

/** The key of a conversation: one per platform, chat and thread. */
export function conversationOf(address: Address): string {
  const parts = [address.platform, address.chat, ...(address.thread === undefined ? [] : [address.thread])];
  return parts.map(encodeURIComponent).join(':');
}

/** The same message always makes the same job: that is what removes duplicates. */
export function jobIdOf(message: Message): string {
  const digest = createHash('sha256')
    .update(`${conversationOf(message.address)}\n${message.id}`)
    .digest('hex');
  return `j${digest.slice(0, 31)}`;
}

import type { Front } from '../chat/front.ts';
import type { Address, RemoteFile } from '../chat/message.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { OpenReply } from './reply.ts';
import type { Store } from './store.ts';

/** The half of a platform that needs no connection of its own: any process can answer any chat with it. */
export type Chat = {
  readonly openReply: OpenReply;
  /** Says something that answers no question, in Markdown. Throws an OstlerError where it cannot. */
  say(address: Address, markdown: string): Promise<void>;
  /** Throws `bad_input` for what is too large or gone, a retryable error where it may succeed later. */
  fetchFile(file: RemoteFile, signal: AbortSignal): Promise<Uint8Array>;
};

/** `away` passes by itself; `refused` does not: the platform does not take this bot, or another program has its place. */
export type ConnectionState = 'connecting' | 'ready' | 'away' | 'refused';

/** What people do on the platform reaches us until it is closed; what is being taken then is finished. */
export type Connection = { state(): ConnectionState; close(): Promise<void> };

/** What a platform is opened with, beside its own options. */
export type Surroundings = { readonly store: Store; readonly clock: Clock; readonly logger: Logger };

/** A chat platform: its chats, and its connection. Nothing is asked of it before there is a reason to. */
export type ChatPlatform = {
  readonly chat: Chat;
  /** Throws `bad_config` where it can never connect; what may pass is tried again by itself. */
  listen(front: Front): Promise<Connection>;
};

/** A chat platform that Ostler knows. */
export type KnownPlatform = {
  /** The platform part of its addresses. */
  readonly name: string;
  /** Undefined where the configuration leaves it off. */
  open(config: () => Config, around: Surroundings): Promise<ChatPlatform | undefined>;
};

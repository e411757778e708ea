import type { ChatMessage, HistoryEntry } from './message.ts';
import type { WireUser } from './wire.ts';

/** https://docs.discord.com/developers/resources/channel#channel-object-channel-types */
export const TEXT = 0;
export const DIRECT = 1;
export const PUBLIC_THREAD = 11;
export const PRIVATE_THREAD = 12;

export type UserState = { readonly user: WireUser; readonly locale: string; acceptsDirect: boolean };

export type Role = {
  readonly id: string;
  readonly name: string;
  readonly permissions: bigint;
  readonly mentionable: boolean;
  readonly position: number;
  /** The bot whose own role it is. */
  readonly ofBot: string | undefined;
};

export type Member = { readonly user: WireUser; readonly roles: Set<string>; readonly joinedAt: string };

export type GuildState = {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly roles: Map<string, Role>;
  readonly members: Map<string, Member>;
};

/** `who` is a role or a member. */
export type Overwrite = {
  readonly id: string;
  readonly who: 'role' | 'member';
  readonly allow: bigint;
  readonly deny: bigint;
};

type ThreadState = {
  readonly owner: string;
  readonly createdAt: string;
  archived: boolean;
  locked: boolean;
  archiveMinutes: number;
  readonly members: Set<string>;
};

/** One channel, thread or direct chat, with all that changes in it. */
export type ChannelState = {
  readonly id: string;
  readonly type: number;
  name: string;
  topic: string | null;
  readonly guild: GuildState | undefined;
  /** The person of a direct chat. */
  readonly person: WireUser | undefined;
  readonly parent: ChannelState | undefined;
  readonly thread: ThreadState | undefined;
  readonly overwrites: Overwrite[];
  /** Those that exist, in order; ephemeral ones too. */
  readonly messages: Map<string, ChatMessage>;
  readonly history: HistoryEntry[];
  /** When each user began to type. */
  readonly typing: Map<string, number>;
  lastMessage: string | null;
};

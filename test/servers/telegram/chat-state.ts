import type { ChatMessage, Draft, HistoryEntry } from './message.ts';
import type { ChatType, WireChat, WireUser } from './wire.ts';

/** The General topic of a forum: its messages carry no thread. */
export const GENERAL = 1;

export type Status = 'creator' | 'administrator' | 'member';
type Member = { readonly user: WireUser; status: Status };
type Topic = { readonly name: string; closed: boolean };

/** One chat, with all that changes in it. */
export type ChatState = {
  readonly id: number;
  readonly type: ChatType;
  readonly title: string;
  readonly username: string | undefined;
  readonly isForum: boolean;
  readonly members: Map<number, Member>;
  readonly topics: Map<number, Topic>;
  /** The visible ones, in order. */
  readonly messages: Map<number, ChatMessage>;
  readonly history: HistoryEntry[];
  readonly nextMessageId: () => number;
  bot: 'member' | 'administrator' | 'kicked' | 'blocked';
  draft: Draft | undefined;
  /** Drafts that their person stopped. */
  readonly stoppedDrafts: Set<number>;
  action: { readonly action: string; readonly atMs: number } | undefined;
};

export function wireChat(state: ChatState): WireChat {
  const { id, type, title, username, isForum } = state;
  return {
    id,
    type,
    ...(type === 'private' ? { first_name: title } : { title }),
    ...(username !== undefined && { username }),
    ...(isForum && { is_forum: true }),
  };
}

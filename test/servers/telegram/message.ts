import type { Entity, WireMessage } from './wire.ts';

type Author = { readonly id: number; readonly name: string; readonly isBot: boolean };

export type Button = {
  readonly text: string;
  readonly data: string | undefined;
  readonly url: string | undefined;
};

/** A message as people see it at one moment; an edit makes a new one. */
export type ChatMessage = {
  readonly chat: number;
  readonly id: number;
  readonly from: Author;
  /** The caption, where it has a picture or a file. */
  readonly text: string;
  readonly entities: readonly Entity[];
  /** What the bot sent with parse_mode HTML. */
  readonly html: string | undefined;
  /** The field of a service message, such as `pinned_message`. */
  readonly service: string | undefined;
  readonly replyTo: number | undefined;
  readonly quote: string | undefined;
  readonly thread: number | undefined;
  readonly silent: boolean;
  readonly buttons: readonly (readonly Button[])[];
  readonly editedTimes: number;
  /** False where the bot turned it off. */
  readonly linkPreview: boolean;
  /** The bot's own. */
  readonly reactions: readonly string[];
  readonly sentAtMs: number;
  readonly wire: WireMessage;
};

/** What a person sees above the input while an answer grows. */
export type Draft = {
  readonly id: number;
  readonly text: string;
  readonly entities: readonly Entity[];
  readonly html: string | undefined;
  readonly thread: number | undefined;
  readonly canStop: boolean;
  readonly keepOnStop: boolean;
  readonly shownAtMs: number;
};

/** What happened in a chat, in order; `message` as it was right after it. */
export type HistoryEntry = { readonly atMs: number } & (
  | {
      readonly type: 'sent' | 'edited' | 'deleted';
      readonly by: 'bot' | 'person';
      readonly message: ChatMessage;
    }
  | { readonly type: 'draft' | 'draft-stopped'; readonly draft: Draft }
  | { readonly type: 'action'; readonly action: string; readonly thread: number | undefined }
  | { readonly type: 'reaction'; readonly message: ChatMessage }
);

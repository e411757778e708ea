import type { Json } from './wire.ts';

type Author = { readonly id: string; readonly name: string; readonly isBot: boolean };

export type Button = {
  /** Its words, or its emoji. */
  readonly label: string;
  readonly customId: string | undefined;
  readonly url: string | undefined;
  /** 1 blue, 2 grey, 3 green, 4 red, 5 link. */
  readonly style: number;
  readonly disabled: boolean;
};

export type Menu = {
  readonly customId: string;
  readonly placeholder: string | undefined;
  readonly options: readonly { readonly label: string; readonly value: string }[];
  readonly min: number;
  readonly max: number;
  readonly disabled: boolean;
};

export type Attachment = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
};

type Reaction = { readonly emoji: string; readonly by: readonly string[] };

/** What brought a message about. */
export type Origin = {
  readonly interaction: string;
  /** 2: command, 3: component. */
  readonly type: number;
  readonly person: string;
  /** The command's name. */
  readonly name: string | undefined;
  /** The message whose component it was. */
  readonly message: string | undefined;
};

/** A message as people see it at one moment; an edit makes a new one. */
export type ChatMessage = {
  readonly channel: string;
  readonly id: string;
  /** 0 default, 19 reply, 20 answer to a slash command, 23 to a context menu; others come from Discord. */
  readonly type: number;
  readonly from: Author;
  readonly text: string;
  /** Shown below the text, unless suppressed. */
  readonly embeds: readonly Json[];
  readonly components: readonly Json[];
  /** By rows. */
  readonly buttons: readonly (readonly Button[])[];
  readonly menus: readonly Menu[];
  readonly attachments: readonly Attachment[];
  readonly replyTo: string | undefined;
  /** Bits: 4 no embeds, 32 has a thread, 64 ephemeral, 128 loading, 4096 silent. */
  readonly flags: number;
  readonly silent: boolean;
  /** The bot "is thinking…". */
  readonly loading: boolean;
  /** The only person who sees it; undefined: everybody in the channel. */
  readonly visibleTo: string | undefined;
  /** The persons, roles and everybody that are mentioned so that they are told. */
  readonly mentions: readonly string[];
  readonly mentionedRoles: readonly string[];
  readonly mentionsEveryone: boolean;
  /** Whose phones rang. */
  readonly pings: readonly string[];
  readonly nonce: string | number | undefined;
  readonly origin: Origin | undefined;
  /** The thread that began at it. */
  readonly thread: string | undefined;
  readonly reactions: readonly Reaction[];
  readonly editedTimes: number;
  readonly editedAtMs: number | undefined;
  readonly sentAtMs: number;
};

/** What happened in a channel, in order; `message` as it was right after it. */
export type HistoryEntry = { readonly atMs: number } & (
  | {
      readonly type: 'sent' | 'edited' | 'deleted';
      readonly by: 'bot' | 'person';
      readonly message: ChatMessage;
    }
  | { readonly type: 'reaction'; readonly message: ChatMessage }
  | { readonly type: 'typing'; readonly user: string }
);

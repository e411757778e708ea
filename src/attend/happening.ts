import type { Said } from '../chat/command.ts';
import type { Message } from '../chat/message.ts';
import type { Failure } from '../errors.ts';
import type { Presence } from '../people/presence.ts';
import type { Buttons } from '../reply/messages.ts';

/** How what is said about a happening reaches its person. Nobody waits for it, and it is said at most once. */
export type Respond = {
  said(said: Said): void;
  /** A `quiet` one is shown only where the platform demands an answer. */
  failure(failure: Failure): void;
  /** To somebody who is not served. Without words: only a platform that demands an answer gives one. */
  refused(markdown: string | undefined): void;
};

/** The message whose button was pressed. */
export type PressedMessage = {
  /** The platform's own id. */
  readonly id: string;
  dropButtons(): void;
  /** It has these buttons from now on, for the person who pressed. */
  offer(buttons: Buttons): void;
  /** It says this from now on. */
  replace(said: Said): void;
};

/** What somebody did in a chat, as every platform tells it. */
export type Happening = {
  readonly presence: Presence;
  /** Unique on its platform, and the same when it comes again. */
  readonly id: string;
  /** Whether the platform lets the person decide for the whole group; false where that cannot be found out. */
  readonly isAdmin: () => Promise<boolean>;
  readonly respond: Respond;
  readonly did: Deed;
};

export type Deed =
  | { readonly kind: 'asked'; readonly message: Message }
  /** `editId`: the id of the edited message, if it is asked anew. */
  | { readonly kind: 'edited'; readonly message: Message; readonly editId: string }
  | { readonly kind: 'command'; readonly name: string; readonly argument: string }
  /** `tell` shows words (Markdown) to the person alone; `alert`: so that they cannot overlook them. */
  | {
      readonly kind: 'pressed';
      readonly data: string;
      readonly on: PressedMessage | undefined;
      tell(words: string, alert: boolean): void;
    }
  /** The platform's own way to stop an answer. */
  | { readonly kind: 'stopped'; readonly job: string | undefined }
  /** `what` cannot be read, in words for its person. */
  | { readonly kind: 'unreadable'; readonly what: string };

/** What the operator's log says of it: never words of people. */
export type Told = { readonly what: string; readonly fields: Readonly<Record<string, unknown>> };

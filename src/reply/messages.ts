import type { Message } from '../chat/message.ts';
import type { Urgency } from './pace.ts';

/** A platform's own id of a message. */
export type MessageId = number | string;
/** Where a message goes, and what its platform needs to know of the question beside it. */
export type Target = Pick<Message, 'address' | 'via'>;
/** A text as its platform takes it; `visible` is what people see of it, without formatting. */
export type Content = { readonly markup: string; readonly visible: string };
/** A function is called when the call goes out, so that the newest is shown. What it throws ends the call. */
export type Contents = Content | (() => Content);
/** Rows of buttons; `data` comes back when one is pressed. At most 64 bytes: that is what every platform takes. */
export type Buttons = readonly (readonly { readonly text: string; readonly data: string }[])[];

export type When = { readonly urgency: Urgency; readonly signal?: AbortSignal | undefined };
export type EditOptions = When & { readonly buttons?: Buttons | undefined };
export type SendOptions = EditOptions & {
  readonly silent?: boolean | undefined;
  readonly replyTo?: MessageId | undefined;
  /** The same for the same message: a platform that knows such keys sends it once. */
  readonly key?: string | undefined;
};

/**
 * What answers ask of a chat platform. A call waits for its turn; a final that the platform puts off is sent
 * again. Throws the signal's reason or an OstlerError: `busy` (retryable) for a preview that was put off and for
 * all while the platform wants a long pause, `unreachable` (retryable; the call may have arrived),
 * `undeliverable`, `too_long`, and `internal` for what should not happen.
 */
export type Messages = {
  /** Resolves to the new message's id. */
  send(to: Target, content: Contents, options: SendOptions): Promise<MessageId>;
  /** Without buttons, the message loses those that it had. */
  edit(to: Target, id: MessageId, content: Contents, options: EditOptions): Promise<'edited' | 'gone'>;
  setButtons(to: Target, id: MessageId, buttons: Buttons | undefined, when: When): Promise<'edited' | 'gone'>;
  /** A message that is gone, or too old to be removed, is fine. */
  remove(to: Target, id: MessageId, signal?: AbortSignal): Promise<void>;
  /** Shows for a few seconds that somebody types. Takes no turn, is left out during a pause, never throws. */
  typing(to: Target): Promise<void>;
};

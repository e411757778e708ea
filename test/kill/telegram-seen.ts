import type { Left } from './settle.ts';
import type { BotMessage, Whole } from './telegram-answer.ts';
import type { BotCall } from './telegram-record.ts';

export type Asked = {
  readonly text: string;
  readonly edited?: string;
  /** The process that confirmed the edit. */
  readonly editTakenBy?: number | undefined;
  /** The id of the message that asks. */
  readonly message: number;
  /** What the buttons below its answer carry. */
  readonly job: string;
};

/** A chat, or a topic of one. */
export type Place = {
  readonly chat: number;
  readonly thread: number | undefined;
  readonly isGroup: boolean;
  /** In the order of sending. */
  readonly questions: readonly Asked[];
};

/** What the servers saw of a round. The judge knows nothing else. */
export type TelegramSeen = {
  readonly places: readonly Place[];
  /** Every message that the bot ever sent. */
  readonly messages: readonly BotMessage[];
  readonly calls: readonly BotCall[];
  /** How many processes there were. All but the last were killed. */
  readonly lives: number;
  /** The conversations that Ollama was asked to go on with, in order. */
  readonly requests: readonly { readonly messages: readonly { role: string; content: string }[] }[];
  readonly left: Left & { readonly unconfirmed: number };
  readonly kills: number;
};

/** A question and the one complete answer that was found for it; `text`: which of its texts that answers. */
export type Kept = { readonly asked: Asked; readonly text: string; readonly whole: Whole };

export function textsOf({ text, edited }: Asked): readonly string[] {
  return edited === undefined ? [text] : [edited, text];
}

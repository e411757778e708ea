import type { Splitter } from '../chat/split-markdown.ts';
import type { Job } from '../path/job.ts';
import type { Content, MessageId } from './messages.ts';

/** How a chat platform shows what is said, apart from the calls themselves. */
export type Platform = {
  /** As people call it. */
  readonly name: string;
  /** The platform part of its addresses: begins its keys in the store. */
  readonly id: string;
  /** Markdown in pieces that fit into one message each. */
  createParts(): Splitter;
  render(markdown: string): Content;
  /** Text without any formatting. */
  plain(text: string): Content;
  /** What stands below an answer, of lesser weight than it. */
  aside(text: string): Content;
  /** Markdown above an answer's text, where its chat does not show what was asked. */
  above?(job: Job): string;
  /** The longest message, in units of `visible.length`. */
  readonly mostCharacters: number;
  /** Typing is shown anew after so long. */
  readonly typingEveryMs: number;
  /** Whether Retry and Retry with… stand below every answer, or below failures only. */
  readonly againBelowAnswers: boolean;
  /** The message that asked, where an answer can refer to it. */
  askedBy(job: Job): MessageId | undefined;
};

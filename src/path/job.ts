import type { CacheWish } from '../cache/cacheable.ts';
import type { Message } from '../chat/message.ts';

/** Options of a model's runner and sampler as Ollama names them: `num_ctx`, `temperature`, `stop` … */
export type ModelOptions = Readonly<Record<string, number | string | boolean | readonly string[]>>;

/** Which model is meant to answer, and why. Made when the message arrives; /why prints it. */
export type Route = {
  /** The tag that Ollama knows: `qwen2.5:7b`. Empty: whichever model is installed. */
  readonly model: string;
  /** The short name it was chosen by: one model may have several, each with options of its own. */
  readonly alias?: string;
  readonly by: 'message' | 'choice' | 'rule' | 'default';
  /** The rule's pattern, where a rule decided. */
  readonly rule?: string;
  readonly task?: string;
  /** One sentence for people. */
  readonly reason: string;
  /** Sent without history. */
  readonly standalone: boolean;
  /** What its rule asks of the response cache. */
  readonly cache?: CacheWish;
  /** Sampling options of the rule; the model's own are added when it is asked. */
  readonly options?: ModelOptions;
  readonly format?: 'json' | Readonly<Record<string, unknown>>;
};

/** A question that was durably taken. JSON; it never holds a conversation. */
export type Job = {
  readonly id: string;
  /** Order of arrival within the queue; a chat's jobs run in this order. */
  readonly seq: number;
  /** The conversation's key. */
  readonly conversation: string;
  readonly message: Message;
  readonly route: Route;
  /** Milliseconds since 1970. */
  readonly enqueuedAt: number;
  /** When waiting becomes pointless. Milliseconds since 1970. */
  readonly deadlineAt: number;
};

export type NewJob = Omit<Job, 'seq'>;

import type { ModelOptions } from '../path/job.ts';
import type { KeepAlive } from './models.ts';

/** One turn as a model reads it. `images` are base64. */
export type Turn = {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
  readonly images?: readonly string[];
};

export type GenerateRequest = {
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly options: ModelOptions;
  readonly keepAlive: KeepAlive;
  readonly format?: 'json' | Readonly<Record<string, unknown>>;
  /** Left out: a model that can think does. */
  readonly think?: boolean | 'low' | 'medium' | 'high';
};

/** Counts and times of a finished generation. Times in seconds. */
export type Usage = {
  readonly promptTokens: number;
  readonly tokens: number;
  readonly generateSeconds: number;
  readonly loadSeconds: number;
  /** Reading the question. */
  readonly readSeconds: number;
  /** What is left of the whole: it stood in line for a slot of its model. */
  readonly queueSeconds: number;
};

/** Why a model wrote no more: it had said all, it met its limit, or it is not known that it had said all. */
export type Finished = 'stop' | 'length' | 'other';

/** One step of a generation. `done` is the last one. */
export type Part =
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'done'; readonly finished: Finished; readonly usage: Usage };

/**
 * Streams an answer. Aborting the signal ends the request at the server at once. Throws an OstlerError:
 * `not_installed`, `out_of_memory`, `busy`, `unreachable`, `mid_stream`, `unsupported`, `load_failed`.
 */
export type Generate = (request: GenerateRequest, signal: AbortSignal) => AsyncIterable<Part>;

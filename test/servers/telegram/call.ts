import type { Parameters } from './parameters.ts';

/** One request for a method. */
export type Call = {
  readonly parameters: Parameters;
  /** Calls back if the client goes away before it has its answer; returns what takes that back. */
  onLeft(listener: () => void): () => void;
};

/** Returns the `result`, or throws a TelegramError. */
export type Method = (call: Call) => unknown;

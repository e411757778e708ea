import type { Unkept } from '../cache/counters.ts';
import type { Failure } from '../errors.ts';
import type { Finished } from '../ports/generate.ts';
import type { FileRef, Message, MessagePart, Quoted, RemoteFile } from './message.ts';

/** Why this model answered, and what the person should know about it. */
export type Provenance = {
  readonly model: string;
  readonly by: 'message' | 'choice' | 'rule' | 'default';
  readonly rule?: string;
  /** One sentence. */
  readonly reason: string;
  /** Something the person did not ask for and should be told: another model than the chosen one answered. */
  readonly notice?: string;
  /** Why its model is slow, and what to do: told with the first answer after a load. */
  readonly slow?: string;
};

export type Answer = {
  readonly text: string;
  readonly thinking?: string;
  readonly from: 'local' | 'cloud' | 'cache';
  /** How old it was when it was given, where it comes from the cache. */
  readonly ageSeconds?: number;
  /** Why it is not given again; left out where it is, or was given again itself. */
  readonly unkept?: Unkept;
  /** No real model wrote it. */
  readonly simulated?: true;
  readonly provenance: Provenance;
  readonly finished: Finished;
  readonly promptTokens: number;
  readonly tokens: number;
  /** From taking the question to the last word. */
  readonly seconds: number;
  /** Of these, waiting until the model began. */
  readonly waitSeconds: number;
};

export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failure'; readonly failure: Failure }
  /** Stopped by a person; `text` is what had been written by then. */
  | { readonly kind: 'cancelled'; readonly text: string; readonly model?: string };

export type Question = {
  readonly text: string;
  readonly images: readonly FileRef[];
  /** Pictures that were never fetched: the question ended before. */
  readonly remoteImages?: readonly RemoteFile[];
  readonly person: { readonly id: string; readonly name?: string };
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  readonly standalone: boolean;
  readonly kind?: Message['kind'];
  readonly quoted?: Quoted;
  readonly forwardedFrom?: string;
  /** As of a Message. */
  readonly insteadOf?: string;
  /** The messages that it was made of, where there was more than one. */
  readonly parts?: readonly MessagePart[];
};

/** A question and how it ended. A conversation's log holds one per job, under the job's id. */
export type Exchange = {
  readonly kind: 'exchange';
  readonly question: Question;
  readonly outcome: Outcome;
  /** When the question was queued, and when it ended. Milliseconds since 1970. */
  readonly takenAt: number;
  readonly at: number;
};

/** Where the person began anew: models see nothing before it. */
type FreshStart = { readonly kind: 'new'; readonly at: number };

/** A message that became part of another one's question; kept under the id that its own job would have. */
export type Joined = { readonly kind: 'joined'; readonly to: string; readonly at: number };

export type ConversationEntry = Exchange | FreshStart;

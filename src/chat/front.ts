import type { CachePart } from '../cache/response-cache.ts';
import type { Failure } from '../errors.ts';
import type { Order, SwitchEvent } from '../models/switching.ts';
import type { PullEvent } from '../path/downloads.ts';
import type { Caller, Known, Presence } from '../people/presence.ts';
import type { Role, Standing } from '../people/role.ts';
import type { AuditNote } from '../ports/audit.ts';
import type { CacheStats } from '../stats/cache-stats.ts';
import type { Parts } from '../stats/health.ts';
import type { LlmStats } from '../stats/llm-stats.ts';
import type { MemoryView } from '../stats/memory-view.ts';
import type { ConversationEntry, Exchange, Question } from './exchange.ts';
import type { Address, FileRef, Message } from './message.ts';
import type { Progress, UnloadAnswer } from './progress.ts';
import type { Foreseen, Foresight, StatusView } from './status-view.ts';

/** What became of a message that a front handed over. `taken` and `duplicate` are durable promises. */
export type Receipt =
  | { readonly kind: 'taken' | 'duplicate'; readonly job: string }
  | { readonly kind: 'refused'; readonly failure: Failure };

/**
 * What became of an edited message: its question waited and is now the new one; it was begun or has ended,
 * and nothing changed; it says what it said before; or there is no such question.
 */
export type Revision =
  | { readonly kind: 'replaced' | 'same'; readonly job: string }
  /** `edited` is the whole question as it would be now. */
  | { readonly kind: 'begun' | 'ended'; readonly job: string; readonly edited: Message }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly failure: Failure };

/** Which questions of a conversation are meant; left out: all. */
export type Which = { readonly job?: string; readonly person?: string };

/** What a front that follows a conversation is told. A cursor marks what is kept for good. */
export type ConversationEvent =
  /** A question waits or is being answered. Also the first thing said of it to someone who comes later. */
  | { readonly type: 'asked'; readonly job: string; readonly question: Question }
  | {
      readonly type: 'progress';
      readonly job: string;
      readonly progress: Progress;
      /** The same for people. */
      readonly words: string;
    }
  | { readonly type: 'thinking' | 'text'; readonly job: string; readonly text: string }
  /** The answer begins anew: forget the text so far. */
  | { readonly type: 'restart'; readonly job: string }
  | {
      readonly type: 'entry';
      readonly id: string;
      readonly cursor: string;
      readonly entry: ConversationEntry;
    }
  /** What was kept has been replayed and what runs has been told: from here on events are live. */
  | { readonly type: 'live' };

/** What a change of the configuration came to. */
export type Reloaded = {
  /** The sections that are in force now. */
  readonly changed: readonly string[];
  /** The options whose change waits for a restart. */
  readonly waiting: readonly string[];
};

/** All that a front asks of the house. */
export type Front = {
  /** What somebody is to the bot, where they are. */
  standingOf(presence: Presence): Promise<Standing>;
  /**
   * Somebody unknown writes to the bot, in a direct chat. Returns what to tell them, in Markdown; undefined:
   * they know it already, or too many do the same.
   */
  meet(presence: Presence): Promise<string | undefined>;
  /**
   * Lets somebody use the bot: whoever has this pairing code, or this id (`platform:id`, or the id alone on the
   * caller's platform). Throws `bad_input` where there is nobody, `forbidden` where the caller may not.
   */
  approve(by: Caller, who: string, role?: Role): Promise<Known>;
  /** From now on somebody is not answered: by id, as above. Throws like `approve`. */
  block(by: Caller, who: string): Promise<Known>;
  /** Reads the configuration anew. Throws `bad_config`: then what was in force stays. */
  reload(): Promise<Reloaded>;
  /** Whether everybody in a group may begin anew, choose and load. */
  groupsAreOpen(): boolean;
  /** Counts a command. Throws `limited`. */
  admit(by: Pick<Caller, 'address' | 'person'>): Promise<void>;
  /** Notes what somebody did, and what came of it: `done`, `refused`, `asked`, or an error's code. */
  audit(by: Pick<Caller, 'address' | 'person'>, note: AuditNote, outcome: string): void;
  /** Resolves once the message is durably queued. */
  receive(message: Message): Promise<Receipt>;
  /** An edited message, under the id of the original. */
  revise(message: Message): Promise<Revision>;
  /**
   * Asks the question of an ended job once more, as the message `id`, for `model` (alias or tag) this once if it
   * is given. With `asker`, only if that person asked it: throws `forbidden`. Throws `bad_input` if the question is
   * not known, `not_installed`.
   */
  again(address: Address, job: string, id: string, model?: string, asker?: string): Promise<Receipt>;
  /** The last question of this chat that has ended, or the last that was answered, and its job. */
  last(address: Address, which?: 'answered'): Promise<(Exchange & { readonly job: string }) | undefined>;
  /**
   * Who would answer this text in this chat; no model is asked. Throws `no_model`, and `unreachable` where the
   * models are not known.
   */
  wouldRoute(address: Address, text: string): Promise<Foreseen>;
  /** The questions of this conversation that wait or run, by arrival. */
  jobs(address: Address): readonly string[];
  /** Stops what waits or runs in this conversation. Returns how many questions were stopped. */
  stop(address: Address, which?: Which): Promise<number>;
  /**
   * Begins a new conversation in this chat and stops what runs in the old one. A second time with the same
   * `id` changes nothing.
   */
  startNew(address: Address, id?: string): Promise<void>;
  /**
   * Stops what runs and removes all that was said in this chat. A second time with the same `id` changes nothing.
   * Throws `busy` where an answer is not delivered yet: then nothing is removed. What was kept of that `person`'s
   * answers is found no more, and neither is that of the chat.
   */
  forget(address: Address, id?: string, person?: string): Promise<void>;
  /**
   * This chat's own model (alias or tag), or null to let the rules decide. Throws `not_installed`, and `limited`
   * where that person chose too often.
   */
  choose(address: Address, model: string | null, by: Message['person']): Promise<void>;
  chosen(address: Address): Promise<string | null>;
  /** This chat's own system prompt, or null where that of the configuration is used. */
  systemPrompt(address: Address): Promise<string | null>;
  setSystemPrompt(address: Address, text: string | null): Promise<void>;
  /**
   * The conversation's kept entries after the cursor, then what waits and runs, then what happens, until
   * the signal aborts.
   */
  follow(
    address: Address,
    options: { after?: string; signal: AbortSignal },
  ): AsyncIterable<ConversationEvent>;
  /** Keeps the bytes of a picture until its message is answered. Throws `bad_input`. */
  keepFile(bytes: Uint8Array, mediaType: string): Promise<FileRef>;
  /**
   * Loads a model (alias or tag) now, whoever waits, and tells what becomes of that. A newer order of the same person
   * takes the place of the older. To load what one has just chosen is a part of that switch. Throws `not_installed`,
   * `limited`, `unreachable`, and `insufficient_memory`.
   */
  load(address: Address, model: string, by: Message['person']): Promise<AsyncIterable<SwitchEvent>>;
  /** Gives up the loads and downloads that this person has ordered here; left out: all here. Returns how many. */
  cancelLoads(address: Address, by?: Message['person']): number;
  /** The loads that were ordered and have not ended, in their order. */
  orders(): readonly Order[];
  /** Whether people are asked before a model leaves the memory for another one. */
  asksFirst(): boolean;
  /** The models that are pinned, by configuration or by people. */
  pinned(): readonly string[];
  /** What a load of this model would take now. Throws `not_installed`, `unreachable`. */
  foresee(model: string): Promise<Foresight>;
  /** The model leaves the memory once it answers nothing more. Throws `not_installed`, and `bad_input` if it is pinned. */
  unload(model: string): void;
  /**
   * A pinned model stays in memory. Durable once it resolves. Throws `not_installed`, `insufficient_memory` where it
   * has no room there, and `bad_input` where as many are pinned as may be, or where the configuration pins it.
   */
  pin(model: string, isPinned: boolean): Promise<void>;
  /** Downloads a model (alias or any name), whoever looks on, and tells what becomes of that. */
  pull(address: Address, model: string, by: Message['person']): AsyncIterable<PullEvent>;
  /**
   * Whether a model may leave the memory for this question. False where nobody is asked any more, or about other
   * models. With `asker`, only if that person asked.
   */
  agree(address: Address, job: string, answer: UnloadAnswer, asker?: string): Promise<boolean>;
  /** Somebody begins to write in this chat: its model may be loaded already, where that costs nobody anything. */
  typing(address: Address): void;
  status(): StatusView;
  /** What the models take of the memory, and what there is of it. */
  memory(): MemoryView;
  /** Reads anew what the server has, whatever was known of it. Throws `unreachable`. */
  resync(): Promise<void>;
  cacheStats(): CacheStats;
  /** What swapping models costs. */
  llmStats(): LlmStats;
  /** How the parts of the house are; what must not be lost is tried to be written, now and then. */
  parts(): Promise<Parts>;
  /**
   * Removes all answers that are kept, or those of one part; undefined: all, and none of them is given again.
   * Durable once it resolves. False: the second tier was meant, could not be cleared, and still has texts.
   */
  clearCache(part?: CachePart): Promise<boolean>;
  /**
   * The answer that is kept for this question, as its person would be given it in its chat, is given no more; nor is
   * what is being made of it to anybody who asks later. Throws like `wouldRoute`, and `unreachable` where the second
   * tier could not be told.
   */
  invalidate(question: Message): Promise<void>;
  /** By the clock of all times that the house tells: milliseconds since 1970. */
  now(): number;
};

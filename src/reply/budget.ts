import type { OstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import {
  afterCall,
  afterCallOfAll,
  afterPause,
  earliestCall,
  earliestOfAll,
  type Pace,
  type Pacing,
  quietAt,
  quietPace,
  type Urgency,
} from './pace.ts';
import { busyError } from './trouble.ts';

/** A longer pause is not waited for: who wants to send has a durable way to come again. */
const LONGEST_PAUSE_MS = 10_000;

/** What of a platform's limits is left: one budget per chat that sends and edits share, and one over all chats. */
export type Budget = {
  /**
   * Resolves when one send or edit may go out. Finals go before previews, those of one chat first in, first
   * out; `again` is for a final that the platform refused with a 429 and goes before other finals of its chat.
   * Throws the signal's reason, or a retryable `busy` while the chat is paused for more than 10 s.
   */
  turn(chat: string, urgency: Urgency | 'again', signal?: AbortSignal): Promise<void>;
  /** Nothing goes to this chat for so long: the platform answered 429. */
  pause(chat: string, seconds: number): void;
  pausedMs(chat: string): number;
  /** How many chats are remembered: those that are quiet are forgotten. */
  chats(): number;
};

type Waiter = { grant(): void; refuse(reason: unknown): void };

type Chat = {
  readonly name: string;
  readonly lines: Readonly<Record<'again' | Urgency, Set<Waiter>>>;
  pace: Pace;
  pausedUntil: number;
  /** Ends the chat's one timer. */
  disarm: () => void;
};

/** `platform` is its name in errors. */
export function createBudget(clock: Clock, pacing: Pacing, platform: string): Budget {
  const chats = new Map<string, Chat>();
  /** Chats whose own limits allow a call now, in the order in which they came here. */
  const ready: Readonly<Record<Urgency, Set<Chat>>> = { final: new Set(), preview: new Set() };
  let calls: readonly number[] = [];
  let disarm = () => {};

  const chatOf = (name: string): Chat => {
    const known = chats.get(name);
    if (known) return known;
    const chat: Chat = {
      name,
      lines: { again: new Set(), final: new Set(), preview: new Set() },
      pace: quietPace(pacing.chat(name)),
      pausedUntil: Number.NEGATIVE_INFINITY,
      disarm: () => {},
    };
    chats.set(name, chat);
    return chat;
  };

  const update = (chat: Chat) => {
    settle(chat);
    grantReady();
  };

  /** Puts a chat where it belongs: among those that may have a call now, behind a timer, or out of memory. */
  const settle = (chat: Chat) => {
    chat.disarm();
    const pausedMs = chat.pausedUntil - clock.now();
    if (pausedMs > LONGEST_PAUSE_MS) refuseAll(chat, busyError(platform, pausedMs / 1_000));
    const urgency = urgencyOf(chat);
    const at = urgency ? earliestCall(chat.pace, urgency) : quietAt(chat.pace);
    const due = at <= clock.now();
    for (const kind of ['final', 'preview'] as const) {
      if (due && kind === urgency) ready[kind].add(chat);
      else ready[kind].delete(chat);
    }
    if (!due) chat.disarm = clock.after(at - clock.now(), () => update(chat));
    else if (urgency === undefined) chats.delete(chat.name);
  };

  const grantReady = () => {
    disarm();
    for (let next = nextReady(); next; next = nextReady()) {
      const at = earliestOfAll(calls, next.urgency, pacing);
      if (at > clock.now()) {
        disarm = clock.after(at - clock.now(), grantReady);
        return;
      }
      ready[next.urgency].delete(next.chat);
      grant(next.chat);
    }
  };

  const nextReady = (): { readonly chat: Chat; readonly urgency: Urgency } | undefined => {
    for (const urgency of ['final', 'preview'] as const) {
      for (const chat of ready[urgency]) return { chat, urgency };
    }
    return undefined;
  };

  const grant = (chat: Chat) => {
    chat.pace = afterCall(chat.pace, clock.now());
    calls = afterCallOfAll(calls, clock.now(), pacing);
    lineOf(chat).values().next().value?.grant();
    settle(chat);
  };

  return {
    turn(name, urgency, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (signal?.aborted) {
        reject(signal.reason);
        return promise;
      }
      const chat = chatOf(name);
      const line = chat.lines[urgency];
      const leave = () => {
        line.delete(waiter);
        signal?.removeEventListener('abort', abort);
      };
      const abort = () => {
        leave();
        reject(signal?.reason);
        update(chat);
      };
      const waiter: Waiter = {
        grant: () => {
          leave();
          resolve();
        },
        refuse: (reason) => {
          leave();
          reject(reason);
        },
      };
      signal?.addEventListener('abort', abort);
      line.add(waiter);
      update(chat);
      return promise;
    },
    pause(name, seconds) {
      const chat = chatOf(name);
      chat.pausedUntil = Math.max(chat.pausedUntil, clock.now() + seconds * 1_000);
      chat.pace = afterPause(chat.pace, chat.pausedUntil);
      update(chat);
    },
    pausedMs: (name) => Math.max(0, (chats.get(name)?.pausedUntil ?? 0) - clock.now()),
    chats: () => chats.size,
  };
}

function refuseAll({ lines }: Chat, error: OstlerError): void {
  for (const line of Object.values(lines)) for (const waiter of line) waiter.refuse(error);
}

/** The line whose turn it is. */
function lineOf(chat: Chat): Set<Waiter> {
  const { again, final, preview } = chat.lines;
  if (again.size > 0) return again;
  return final.size > 0 ? final : preview;
}

function urgencyOf(chat: Chat): Urgency | undefined {
  const line = lineOf(chat);
  if (line.size === 0) return undefined;
  return line === chat.lines.preview ? 'preview' : 'final';
}

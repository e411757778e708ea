import { GrammyError, HttpError } from 'grammy';
import { OstlerError } from '../../src/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';

/** Nobody is asked to wait longer, whatever Telegram says. */
const LONGEST_RETRY_SECONDS = 3_600;
/** Two programs that poll take turns in succeeding: for so long it is still the same conflict. */
const CONFLICT_LASTS_MS = 120_000;
/** Of a pause, so that not everybody comes back at the same moment. */
const JITTER = 0.2;
const MAX_REASON_LENGTH = 200;

export type PollState = 'polling' | 'away' | 'conflict' | 'revoked';
type Kind = 'unreachable' | 'too-often' | 'conflict' | 'webhook' | 'revoked';

type Trouble = {
  readonly state: PollState;
  readonly level: 'warn' | 'error';
  readonly message: string;
  readonly hint?: string;
  readonly firstMs: number;
  readonly mostMs: number;
};

const TROUBLES: Readonly<Record<Kind, Trouble>> = {
  unreachable: {
    state: 'away',
    level: 'warn',
    message: 'Telegram cannot be reached; trying again',
    firstMs: 1_000,
    mostMs: 30_000,
  },
  'too-often': {
    state: 'away',
    level: 'warn',
    message: 'Telegram asks for a pause; trying again',
    firstMs: 1_000,
    mostMs: 30_000,
  },
  conflict: {
    state: 'conflict',
    level: 'error',
    message: 'Another program polls Telegram with the same bot token, and takes messages away from this one',
    hint: 'Stop the other program, or ask BotFather for a token of its own.',
    firstMs: 5_000,
    mostMs: 60_000,
  },
  webhook: {
    state: 'conflict',
    level: 'warn',
    message: 'A webhook is set for this bot, so it cannot poll; the webhook is removed',
    hint: 'If it is set again, another program uses the same bot token.',
    firstMs: 1_000,
    mostMs: 30_000,
  },
  revoked: {
    state: 'revoked',
    level: 'error',
    message: 'The bot token of Telegram is not valid (any more)',
    hint: 'Ask BotFather for a new one, put it into telegram.token and start Ostler again.',
    firstMs: 60_000,
    mostMs: 60_000,
  },
};

type Surroundings = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onState: (state: PollState) => void;
  readonly random: () => number;
};

/** What is wrong between us and Telegram, told once each time that it changes. */
export type PollTroubles = {
  /** Whether a poll that Telegram does not hold would tell how things stand. */
  isUnclear(): boolean;
  /** A poll failed. Returns how long to wait, and whether a webhook is in the way. */
  met(error: unknown): { readonly waitMs: number; readonly isWebhook: boolean };
  /** A poll was answered. */
  over(): void;
};

export function createPollTroubles({ clock, logger, onState, random }: Surroundings): PollTroubles {
  let state: PollState | undefined;
  let kind: Kind | undefined;
  let times = 0;
  let beganAt = 0;
  let conflicts = { times: 0, until: 0 };

  function change(next: PollState): void {
    if (next === state) return;
    state = next;
    onState(next);
  }

  function count(next: Kind): number {
    times = next === kind ? times + 1 : 1;
    if (next !== 'conflict') return times;
    const isSame = clock.now() < conflicts.until;
    conflicts = { times: isSame ? conflicts.times + 1 : 1, until: clock.now() + CONFLICT_LASTS_MS };
    return conflicts.times;
  }

  return {
    // Between two pollers such a poll succeeds, and the next one fails again.
    isUnclear: () => state !== 'polling' && kind !== 'conflict',

    met(error) {
      const next = kindOf(error);
      const { state: nextState, level, message, hint, firstMs, mostMs } = TROUBLES[next];
      const attempt = count(next);
      const isTold = nextState === state && (kind === next || nextState === 'away');
      if (kind === undefined) beganAt = clock.now();
      kind = next;
      if (!isTold) logger[level]({ reason: reasonOf(error), hint }, message);
      change(nextState);
      const waitMs = retryAfterMs(error) ?? backOffMs(attempt, { firstMs, mostMs, random });
      return { waitMs, isWebhook: next === 'webhook' };
    },

    over() {
      if (kind !== undefined) {
        const seconds = Math.round((clock.now() - beganAt) / 1_000);
        logger.info({ seconds }, 'Telegram is polled again');
      }
      kind = undefined;
      change('polling');
    },
  };
}

type BackOff = { readonly firstMs: number; readonly mostMs: number; readonly random: () => number };

/** Doubles with each attempt, counted from 1, and strays by a fifth. */
export function backOffMs(attempt: number, { firstMs, mostMs, random }: BackOff): number {
  return Math.min(firstMs * 2 ** (attempt - 1), mostMs) * (1 + JITTER * (2 * random() - 1));
}

/** The errors of getUpdates as the Bot API server words them (telegram-bot-api, Client.cpp). */
function kindOf(error: unknown): Kind {
  if (!(error instanceof GrammyError)) return 'unreachable';
  if (error.error_code === 409) return /webhook/i.test(error.description) ? 'webhook' : 'conflict';
  if (error.error_code === 429) return 'too-often';
  return error.error_code === 401 || error.error_code === 404 ? 'revoked' : 'unreachable';
}

function retryAfterMs(error: unknown): number | undefined {
  const seconds: unknown = error instanceof GrammyError ? error.parameters.retry_after : undefined;
  if (typeof seconds !== 'number' || !(seconds > 0)) return undefined;
  return Math.min(seconds, LONGEST_RETRY_SECONDS) * 1_000;
}

/** The inner error of a failed request holds the address, and that holds the token: only its code is told. */
function reasonOf(error: unknown): string {
  if (error instanceof GrammyError)
    return withoutToken(String(error.description)).slice(0, MAX_REASON_LENGTH);
  if (error instanceof OstlerError) return error.message;
  const failure: unknown = error instanceof HttpError ? error.error : error;
  if (failure instanceof SyntaxError) return 'what answers is not the Bot API';
  if (!(failure instanceof Error)) return 'unknown';
  // Node's fetch says only in the cause what happened to the connection.
  const inner: unknown = failure.cause;
  return codeOf(inner) ?? codeOf(failure) ?? failure.name;
}

/** Whatever stands between us and Telegram may repeat the address in its words. */
function withoutToken(words: string): string {
  return words.replace(/\d+:[\w-]+/g, '…');
}

function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && /^[\w-]{1,40}$/.test(code) ? code : undefined;
}

import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Budget } from './budget.ts';
import type { When } from './messages.ts';
import type { Urgency } from './pace.ts';
import { busyError, noAnswer, type Trouble } from './trouble.ts';

type Ask<T> = (signal: AbortSignal) => Promise<T>;

type Answered<T> = { readonly kind: 'answered'; readonly value: T };
/** What remains when pauses were waited for, plain text was tried and errors were thrown. */
export type Outcome<T> = Answered<T> | Extract<Trouble, { readonly kind: 'unmodified' | 'gone' | 'moved' }>;

export type Asking = {
  /** One call, without a turn. Never throws. */
  once<T>(ask: Ask<T>): Promise<Answered<T> | Trouble>;
  /**
   * One call in its turn, and again as long as the platform wants that; the signal ends the waiting. `ask` learns
   * whether only plain text is left.
   */
  inTurn<T>(chat: string, when: When, ask: (plain: boolean) => Ask<T>): Promise<Outcome<T>>;
};

/** A call that has no answer after so long is given up. */
const TIMEOUT_MS = 20_000;

type Needs = {
  readonly budget: Budget;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The platform's name. */
  readonly platform: string;
  /** What the platform's library threw. */
  readonly understand: (error: unknown) => Trouble;
};

export function createAsking({ budget, clock, logger, platform, understand }: Needs): Asking {
  async function once<T>(ask: Ask<T>): Promise<Answered<T> | Trouble> {
    const late = new AbortController();
    const disarm = clock.after(TIMEOUT_MS, () => late.abort());
    try {
      return { kind: 'answered', value: await ask(late.signal) };
    } catch (error) {
      if (!late.signal.aborted) return understand(error);
      return {
        kind: 'failed',
        error: noAnswer(platform, `It did not answer within ${TIMEOUT_MS / 1_000} s.`),
      };
    } finally {
      disarm();
    }
  }

  async function inTurn<T>(chat: string, when: When, ask: (plain: boolean) => Ask<T>): Promise<Outcome<T>> {
    const { urgency, signal } = when;
    let turn: Urgency | 'again' = urgency;
    let plain = false;
    for (;;) {
      await budget.turn(chat, turn, signal);
      // Once it is under way it is seen through: what was cut off may have arrived, and nobody would know.
      const outcome = await once(ask(plain));
      switch (outcome.kind) {
        case 'failed':
          throw outcome.error;
        case 'wait':
          budget.pause(chat, outcome.seconds);
          if (urgency === 'preview') throw busyError(platform, outcome.seconds);
          break;
        case 'unparsable':
          if (plain) throw outcome.error;
          plain = true;
          logger.warn(
            { chat, hint: outcome.error.hint },
            `${platform} cannot parse a text: it goes out plain`,
          );
          break;
        default:
          return outcome;
      }
      if (urgency === 'final') turn = 'again';
    }
  }

  return { once, inTurn };
}

import { OstlerError, toOstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

/** Pauses between attempts to reach a server that is away; the last one repeats. */
const PAUSES_MS = [250, 500, 1_000, 2_000, 5_000];

/** `since`: milliseconds since 1970. */
export type Away = { readonly since: number; readonly error: OstlerError };

/** Whether a server answers; one that does not is looked for until it does. */
export type Contact = {
  away(): Away | undefined;
  /** Whether the server was asked at all, with whatever result. */
  wasAsked(): boolean;
  /** Begins to look for the server, which counts as away until it answers. */
  open(): void;
  /** The server does not answer: looks for it until it does. */
  lose(error: OstlerError): void;
  /** It answers. Returns whether that is news. */
  arrive(): boolean;
};

type Surroundings = {
  readonly host: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stopped: AbortSignal;
  /** Reads all of it. Throws. */
  readonly look: () => Promise<void>;
  readonly onArrive: () => void;
  /** Why it is away is known better now. */
  readonly onNews: () => void;
};

export function createContact(surroundings: Surroundings): Contact {
  const { host, clock, logger, stopped, look, onArrive, onNews } = surroundings;
  const notAsked = new OstlerError('Ollama was not asked yet.', { code: 'unreachable' });
  let away: Away | undefined = { since: clock.wall(), error: notAsked };
  let asked = false;

  /** Somebody else may have been faster. */
  function arrive(): boolean {
    if (!away) return false;
    away = undefined;
    asked = true;
    onArrive();
    return true;
  }

  async function lookFor(): Promise<void> {
    for (let attempt = 0; away && !stopped.aborted; attempt += 1) {
      try {
        await look();
        arrive();
      } catch (cause) {
        if (stopped.aborted) return;
        const error = toOstlerError(cause);
        away = { since: away?.since ?? clock.wall(), error };
        asked = true;
        onNews();
        if (attempt === 0) logger.warn({ host, hint: error.hint }, error.message);
        const pause = PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)] ?? 0;
        await new Promise<void>((resolve) => clock.after(pause, resolve));
      }
    }
  }

  return {
    away: () => away,
    wasAsked: () => asked,
    open: () => void lookFor(),
    lose(error) {
      if (away || stopped.aborted) return;
      away = { since: clock.wall(), error };
      void lookFor();
    },
    arrive,
  };
}

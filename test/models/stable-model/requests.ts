import { OstlerError } from '../../../src/errors.ts';
import type { Clock } from '../../../src/ports/clock.ts';

/** On the way to the server, and back. */
export const WIRE_MS = 2;
/** What is said of a request that was under way when the server ended. */
export const CLOSED = 'Closed.';

/** Begins what was asked for; returns what takes it back. */
type Begin<T> = (answer: (value: T) => void, fail: (error: OstlerError) => void) => (() => void) | undefined;

/** Requests to a server that may be away, or silent, or end. */
export function createRequests(clock: Clock) {
  const open = new Set<(error: OstlerError) => void>();
  let awayUntil = 0;
  let silentUntil = 0;

  /** One request, from its being sent to its answer. */
  function send<T>(signal: AbortSignal, begin: Begin<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let takeBack: (() => void) | undefined;
      let isOver = false;
      const over = (end: () => void) => {
        if (isOver) return;
        isOver = true;
        open.delete(giveUp);
        signal.removeEventListener('abort', abort);
        end();
      };
      const giveUp = (reason: unknown) =>
        over(() => {
          takeBack?.();
          reject(reason);
        });
      const abort = () => giveUp(signal.reason);
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener('abort', abort);
      open.add(giveUp);
      clock.after(WIRE_MS, () => {
        if (isOver || silentUntil > clock.now()) return;
        if (awayUntil > clock.now()) return giveUp(unreachable());
        const later = (end: () => void) => void clock.after(WIRE_MS, () => over(end));
        takeBack = begin(
          (value) => later(() => resolve(value)),
          (error) => later(() => reject(error)),
        );
      });
    });
  }

  return {
    send,

    /** A short one, asked what holds when it arrives. */
    ask: <T>(signal: AbortSignal, answer: () => T) =>
      send<T>(signal, (give) => {
        give(answer());
        return undefined;
      }),

    /** The server ends in the middle of everything, and is away for so long. */
    die(ms: number): void {
      awayUntil = clock.now() + ms;
      const broken = [...open];
      open.clear();
      for (const breakOff of broken) breakOff(closed());
    },

    /** It takes requests and answers none of them. */
    fallSilent(ms: number): void {
      silentUntil = clock.now() + ms;
    },
  };
}

const unreachable = () => new OstlerError('Not there.', { code: 'unreachable', retryable: true });
const closed = () => new OstlerError(CLOSED, { code: 'server_error', retryable: true });

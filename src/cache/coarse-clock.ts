import type { Clock } from '../ports/clock.ts';

/**
 * Reads the clock at most once in `stepMs` and answers from memory in between: up to that much behind, and cheap
 * enough for every look into memory. In whole milliseconds, which need no memory of their own. While nobody asks, no
 * timer runs.
 */
export function coarseClock(clock: Pick<Clock, 'now' | 'after'>, stepMs = 50): () => number {
  let read: number | undefined;
  const forget = () => {
    read = undefined;
  };
  return () => {
    if (read === undefined) {
      read = Math.floor(clock.now());
      clock.after(stepMs, forget);
    }
    return read;
  };
}

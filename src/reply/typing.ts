import type { Clock } from '../ports/clock.ts';

/** Shows that somebody types until it is stopped. */
export type Typing = { stop(): void };

export function startTyping(clock: Clock, everyMs: number, show: () => void): Typing {
  const again = () => {
    show();
    cancel = clock.after(everyMs, again);
  };
  // Whoever only delivers what is known stops it before it begins.
  let cancel = clock.after(0, again);
  return { stop: () => cancel() };
}

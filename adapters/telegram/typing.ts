import type { Clock } from '../../src/ports/clock.ts';

/** Telegram shows it for 5 s. */
const TYPING_EVERY_MS = 4_500;

/** Shows that somebody types until it is stopped. */
export type Typing = { stop(): void };

export function startTyping(clock: Clock, show: () => void): Typing {
  const again = () => {
    show();
    cancel = clock.after(TYPING_EVERY_MS, again);
  };
  // Whoever only delivers what is known stops it before it begins.
  let cancel = clock.after(0, again);
  return { stop: () => cancel() };
}

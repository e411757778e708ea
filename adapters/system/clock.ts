import type { Clock } from '../../src/ports/clock.ts';

/** Timers know no longer wait, and end at once where they are asked for one. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, Math.max(0, Math.min(ms, LONGEST_MS))).unref();
    return () => clearTimeout(timer);
  },
};

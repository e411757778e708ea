import { systemClock } from '../../adapters/system/clock.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** Time that runs so many times as fast, from now on. */
export function fastClock(speed: number): Clock {
  const began = { now: systemClock.now(), wall: systemClock.wall() };
  const passedMs = () => (systemClock.now() - began.now) * speed;
  return {
    now: () => began.now + passedMs(),
    wall: () => began.wall + passedMs(),
    after: (ms, call) => systemClock.after(ms / speed, call),
  };
}

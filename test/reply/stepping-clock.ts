import type { Clock } from '../../src/ports/clock.ts';
import { fakeClock } from '../fakes/clock.ts';

/** A fake clock that is moved from timer to timer. */
export type SteppingClock = Clock & {
  timers(): number;
  /** Moves to each timer until then, lets everything happen there, and ends at that time. */
  runUntil(at: number): Promise<void>;
  /** Moves to the next timer, if there is one. */
  step(): Promise<void>;
  /** Runs until there is no timer left. */
  settle(): Promise<void>;
};

export function steppingClock(): SteppingClock {
  const clock = fakeClock();
  const timers = new Set<{ readonly at: number }>();
  const nextAt = () => Math.min(...[...timers].map(({ at }) => at));

  async function moveTo(at: number): Promise<void> {
    clock.advance(Math.max(0, at - clock.now()));
    for (let hop = 0; hop < 10; hop += 1) await Promise.resolve();
  }

  async function step(): Promise<void> {
    if (timers.size > 0) await moveTo(nextAt());
  }

  async function runUntil(at: number): Promise<void> {
    await moveTo(clock.now());
    while (nextAt() <= at) await step();
    await moveTo(at);
  }

  return {
    ...clock,
    after(ms, call) {
      const timer = { at: clock.now() + ms };
      timers.add(timer);
      const cancel = clock.after(ms, () => {
        timers.delete(timer);
        call();
      });
      return () => {
        timers.delete(timer);
        cancel();
      };
    },
    timers: () => timers.size,
    runUntil,
    step,
    settle: async () => {
      await moveTo(clock.now());
      while (timers.size > 0) await step();
    },
  };
}

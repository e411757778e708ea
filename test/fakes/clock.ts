import type { Clock } from '../../src/ports/clock.ts';

/** Time that stands still until it is moved. */
export type FakeClock = Clock & { advance(ms: number): void };

export function fakeClock(): FakeClock {
  let now = 0;
  let timers: { readonly at: number; readonly call: () => void }[] = [];
  return {
    now: () => now,
    wall: () => now,
    after(ms, call) {
      const timer = { at: now + ms, call };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now).sort((one, other) => one.at - other.at);
      timers = timers.filter(({ at }) => at > now);
      for (const { call } of due) call();
    },
  };
}

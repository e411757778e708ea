import { type FakeClock, fakeClock } from '../../fakes/clock.ts';

export type WatchedClock = FakeClock & {
  /** Resolves once somebody waits for exactly `ms`. */
  armed(ms: number): Promise<void>;
};

/** Time that stands still until it is moved, and tells who waits for it. */
export function watchedClock(): WatchedClock {
  const clock = fakeClock();
  const timers = new Map<symbol, number>();
  const watchers = new Set<() => void>();
  return {
    ...clock,
    after(ms, call) {
      const timer = Symbol();
      timers.set(timer, ms);
      const cancel = clock.after(ms, () => {
        timers.delete(timer);
        call();
      });
      for (const look of watchers) look();
      return () => {
        timers.delete(timer);
        cancel();
      };
    },
    armed: (ms) =>
      new Promise((resolve) => {
        const look = () => {
          if (![...timers.values()].includes(ms)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
  };
}

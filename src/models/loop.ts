import type { Clock } from '../ports/clock.ts';

type Surroundings = {
  readonly clock: Clock;
  readonly stopped: AbortSignal;
  /** Decides and acts once. Resolves to when it is to be done again whatever happens (monotonic milliseconds). */
  readonly step: () => Promise<number>;
};

/** Runs one step at a time; what happens meanwhile leads to another one. */
export type Loop = { wake(): void; stop(): void };

export function createLoop({ clock, stopped, step }: Surroundings): Loop {
  let stepping = false;
  let stepAgain = false;
  let cancelTimer = () => {};

  function setTimer(at: number): void {
    cancelTimer();
    if (stopped.aborted) return;
    cancelTimer = Number.isFinite(at) ? clock.after(Math.max(0, at - clock.now()), wake) : () => {};
  }

  function wake(): void {
    if (stopped.aborted) return;
    if (stepping) {
      stepAgain = true;
      return;
    }
    stepping = true;
    void step()
      .then(setTimer)
      .finally(() => {
        stepping = false;
        if (!stepAgain) return;
        stepAgain = false;
        wake();
      });
  }

  return { wake, stop: () => cancelTimer() };
}

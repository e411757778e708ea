import type { Clock } from '../../../src/ports/clock.ts';

/** 2025, so that the two kinds of time cannot be taken for each other. */
const BEGAN_AT = 1_735_689_600_000;
/** So many things do not happen in one instant: somebody wakes himself for ever. */
const MOST_AT_ONCE = 5_000;

type Timer = { readonly at: number; readonly call: () => void; isOff: boolean };

/** Time that passes only when it is told to, from one thing that is due to the next. */
export type VirtualTime = Clock & {
  /** Until all that was begun waits for time to pass. */
  settle(): Promise<void>;
  /** `afterEach`: when something was due, and all that it led to has happened. */
  pass(ms: number, afterEach: () => void): Promise<void>;
  /** As `pass`, until the condition holds. Returns whether it does. */
  passUntil(condition: () => boolean, mostMs: number, afterEach: () => void): Promise<boolean>;
  /** As AbortSignal.timeout. */
  timeout(ms: number): AbortSignal;
};

export function virtualTime(): VirtualTime {
  let now = 0;
  let atOnce = 0;
  /** The last is due first; of those due together, the one that was set first. */
  const timers: Timer[] = [];

  function after(ms: number, call: () => void): () => void {
    const timer = { at: now + Math.max(0, ms), call, isOff: false };
    let place = timers.length;
    while (place > 0 && (timers[place - 1]?.at ?? 0) <= timer.at) place -= 1;
    timers.splice(place, 0, timer);
    return () => {
      timer.isOff = true;
    };
  }

  /** Nothing here waits for anything but timers: one turn, and every promise has run dry. */
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

  async function passUntil(
    condition: () => boolean,
    mostMs: number,
    afterEach: () => void,
  ): Promise<boolean> {
    const until = now + mostMs;
    while (!condition()) {
      const timer = timers.at(-1);
      if (!timer || timer.at > until) {
        now = until;
        return false;
      }
      timers.pop();
      if (timer.isOff) continue;
      atOnce = timer.at > now ? 0 : atOnce + 1;
      if (atOnce > MOST_AT_ONCE) throw new Error(`Time stands still at ${now} ms.`);
      now = timer.at;
      timer.call();
      await settle();
      afterEach();
    }
    return true;
  }

  return {
    now: () => now,
    wall: () => BEGAN_AT + now,
    after,
    settle,
    passUntil,
    pass: async (ms, afterEach) => void (await passUntil(() => false, ms, afterEach)),
    timeout(ms) {
      const abort = new AbortController();
      after(ms, () => abort.abort(new DOMException('It took too long.', 'TimeoutError')));
      return abort.signal;
    },
  };
}

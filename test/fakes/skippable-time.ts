import { onTestFinished, vi } from 'vitest';
import { systemClock } from '../../adapters/system/clock.ts';

/** Steps in which time passes, and turns of the loop in which what a step led to can happen. */
const STEP_MS = 500;
const TURNS = 10;
/** What has not come about after so many steps waits for timers of others, which cannot be skipped. */
const QUICK_STEPS = 1_000;

type SkippableTime = {
  /** As `Clock.now`. */
  now(): number;
  /** So much later it is at once, for all who asked the system's clock to be called. */
  skip(ms: number): void;
};

/** Time runs as ever, but can be skipped: nobody waits for what takes long. Until the end of the test. */
export function skippableTime(): SkippableTime {
  let skipped = 0;
  const timers = new Set<{ readonly at: number; readonly call: () => void; cancel: () => void }>();
  const now = () => performance.now() + skipped;
  const { after } = systemClock;

  function arm(at: number, call: () => void): () => void {
    const fire = () => {
      timers.delete(timer);
      call();
    };
    const timer = { at, call: fire, cancel: () => {} };
    timer.cancel = after(at - now(), timer.call);
    timers.add(timer);
    return () => {
      timer.cancel();
      timers.delete(timer);
    };
  }

  const spies = [
    vi.spyOn(systemClock, 'now').mockImplementation(now),
    vi.spyOn(systemClock, 'wall').mockImplementation(() => Date.now() + skipped),
    vi.spyOn(systemClock, 'after').mockImplementation((ms, call) => arm(now() + ms, call)),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });

  return {
    now,
    skip(ms) {
      skipped += ms;
      const inOrder = [...timers].sort((one, other) => one.at - other.at);
      for (const timer of inOrder) {
        if (!timers.has(timer)) continue;
        timer.cancel();
        if (timer.at <= now()) timer.call();
        else timer.cancel = after(timer.at - now(), timer.call);
      }
    },
  };
}

/** Lets time pass in small steps, each once nothing is under way. */
export function passing(time: Pick<SkippableTime, 'skip'>, whenQuiet: () => Promise<unknown>) {
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      await whenQuiet();
      for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      time.skip(Math.min(STEP_MS, left));
    }
  }

  async function passUntil(condition: () => boolean): Promise<void> {
    for (let steps = 0; !condition(); steps += 1) {
      await pass(STEP_MS);
      if (steps > QUICK_STEPS) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  return { pass, passUntil, skip: time.skip };
}

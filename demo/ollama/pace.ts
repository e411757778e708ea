import { setImmediate, setTimeout } from 'node:timers/promises';

/** Timers are no finer than this: shorter waits are not taken at all. */
const SHORTEST_MS = 1;
const LARGEST_DRIFT_MS = 50;

/** Simulated time, `speed` times as fast as the clock on the wall. */
export type Pace = {
  /** Rejects with an AbortError when the signal aborts. */
  sleep(simulatedSeconds: number, signal?: AbortSignal): Promise<void>;
  /** A beat that advances by simulated seconds, without the drift of many short sleeps. */
  beat(signal: AbortSignal): (simulatedSeconds: number) => Promise<void>;
  /** Simulated seconds since this call. */
  stopwatch(): () => number;
  /** A measured time as answers tell it: nanoseconds. */
  told(ms: number): number;
};

/** `tellsSimulated`: measured times are told as if it were not faster. */
export function createPace(speed: number, { tellsSimulated }: { readonly tellsSimulated: boolean }): Pace {
  const wait = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    if (ms < SHORTEST_MS) return;
    await setTimeout(ms, undefined, { ref: false, ...(signal && { signal }) });
  };
  return {
    sleep: (simulatedSeconds, signal) => wait((simulatedSeconds / speed) * 1_000, signal),
    beat(signal) {
      let dueMs = performance.now();
      let taken = 0;
      return async (simulatedSeconds) => {
        dueMs += (simulatedSeconds / speed) * 1_000;
        taken += 1;
        // A fast stream still lets a disconnect be noticed.
        if (taken % 16 === 0) await setImmediate();
        await wait(dueMs - performance.now(), signal);
      };
    },
    stopwatch() {
      const beganMs = performance.now();
      return () => ((performance.now() - beganMs) / 1_000) * speed;
    },
    told: (ms) => nanoseconds(tellsSimulated ? ms * speed : ms),
  };
}

/** RFC 3339 with nanoseconds, as Go prints it. */
export function goTime(wallMs: number): string {
  const whole = Math.floor(wallMs);
  const nanos = Math.floor((wallMs - whole) * 1e6);
  const seconds = new Date(whole).toISOString().slice(0, -1);
  return `${seconds}${String(nanos).padStart(6, '0')}`.replace(/\.?0+$/, '').concat('Z');
}

/** Milliseconds since 1970, as fine as the monotonic clock; by the wall clock once the two part (after a suspend). */
export function wallNow(): number {
  const fine = performance.timeOrigin + performance.now();
  const wall = Date.now();
  return Math.abs(fine - wall) < LARGEST_DRIFT_MS ? fine : wall;
}

/** Ollama leaves out a duration of zero, so none is. */
function nanoseconds(ms: number): number {
  return Math.max(1, Math.round(ms * 1e6));
}

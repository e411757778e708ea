/** Time as the house sees it. `now` is monotonic milliseconds, for durations; `wall` is milliseconds since 1970. */
export type Clock = {
  now(): number;
  wall(): number;
  /** Calls once after `ms` unless it is cancelled. Never keeps the process alive. */
  after(ms: number, call: () => void): () => void;
};

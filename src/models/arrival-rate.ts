/** After so long a question counts half. */
const HALF_LIFE_MS = 600_000;
/** Soon after the beginning, little was seen: the rate is not made larger than by this. */
const LEAST_SEEN = 0.1;

/** How often each model is asked for, of late. Times are monotonic milliseconds. */
export type ArrivalRate = {
  note(tag: string, now: number): void;
  /** Questions a millisecond. */
  of(tag: string, now: number): number;
};

export function createArrivalRate(startedAt: number): ArrivalRate {
  const counts = new Map<string, { count: number; at: number }>();
  const fade = (ms: number) => 0.5 ** (ms / HALF_LIFE_MS);
  const countOf = (tag: string, now: number) => {
    const counted = counts.get(tag);
    return counted ? counted.count * fade(now - counted.at) : 0;
  };

  return {
    note: (tag, now) => void counts.set(tag, { count: countOf(tag, now) + 1, at: now }),
    of(tag, now) {
      const seen = Math.max(LEAST_SEEN, 1 - fade(now - startedAt));
      return (countOf(tag, now) * Math.LN2) / HALF_LIFE_MS / seen;
    },
  };
}

import { median } from './statistics.ts';

const ROUNDS = 400;
const WARM_UP = 100;

/** Does its work so many times, on things that were made before. Returns what it took, in milliseconds. */
export type TimedRun = () => number;

export type Comparison = {
  /** The median of each round's ratio. */
  readonly ratio: number;
  /** Medians in milliseconds of one run. */
  readonly oneMs: number;
  readonly otherMs: number;
};

/** Runs both in turn, so that a busy moment meets both, and who begins changes every round. */
export function compare(one: TimedRun, other: TimedRun): Comparison {
  const ones: number[] = [];
  const others: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const isSwapped = round % 2 === 0;
    const first = isSwapped ? other() : one();
    const second = isSwapped ? one() : other();
    if (round < 0) continue;
    ones.push(isSwapped ? second : first);
    others.push(isSwapped ? first : second);
  }
  const ratios = ones.map((took, at) => took / (others[at] ?? Number.NaN));
  return { ratio: median(ratios), oneMs: median(ones), otherMs: median(others) };
}

/** A run of `count` calls; `prepare` makes what each one takes, untimed. */
export function timed<T>(count: number, prepare: (at: number) => T, work: (made: T) => void): TimedRun {
  return () => {
    const made = Array.from({ length: count }, (_, at) => prepare(at));
    const began = performance.now();
    for (const thing of made) work(thing);
    return performance.now() - began;
  };
}

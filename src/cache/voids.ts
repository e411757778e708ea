/** So many keys are told apart: with one more, what was begun for any of them is void. */
const MOST_KEYS = 10_000;

/**
 * Whether what was begun for a key still counts when it ends. A moment is a number of events, not a time: two events
 * never happen at the same one.
 */
export type Voids = {
  /** When something begins. */
  moment(): number;
  /** What was begun for this key until now is void. */
  avoid(key: string): void;
  /** What was begun for any key until now is void. */
  avoidAll(): void;
  isVoid(key: string, begun: number): boolean;
};

export function createVoids(): Voids {
  const byKey = new Map<string, number>();
  let moment = 0;
  let ofAll = 0;

  function avoidAll(): void {
    moment += 1;
    ofAll = moment;
    byKey.clear();
  }

  return {
    moment: () => moment,
    avoid(key) {
      if (byKey.size >= MOST_KEYS) return avoidAll();
      moment += 1;
      byKey.set(key, moment);
    },
    avoidAll,
    isVoid: (key, begun) => Math.max(ofAll, byKey.get(key) ?? 0) > begun,
  };
}

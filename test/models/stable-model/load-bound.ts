import type { Clock } from '../../../src/ports/clock.ts';
import type { JobChecks } from './job-checks.ts';

type Surroundings = {
  readonly clock: Clock;
  readonly wrong: (what: string) => void;
  readonly questions: JobChecks['open'];
  readonly models: number;
  readonly isSteady: (tag: string) => boolean;
  readonly isThere: (tag: string) => boolean;
  /** When a model was last loaded, as the stable knows it. */
  readonly readyAt: (tag: string) => number;
  /** Room for one model: whichever is there is in the way of every other one. */
  readonly hasRoomForOne: boolean;
};

/** Whoever has waited for so long is overdue, however much there is to do. */
const OVERDUE_MS = 1_200_000;
/** A failed load rests for so long at most. */
const LONGEST_REST_MS = 60_000;

/**
 * Once a question is overdue and its model out, at most one load for each model and one more begin until that of its
 * own has. Counted are loads that ended well and began after the last disturbance: a load that failed, a swap by
 * another client, an order. Where there is room for one, the model that is in the way does not begin what came after
 * its own load either; where there is more, another one may have to leave.
 */
export function createLoadBound(surroundings: Surroundings) {
  const { clock, wrong, questions, models, isSteady, isThere, readyAt, hasRoomForOne } = surroundings;
  const counts = new Map<string, number>();
  const wentAt = new Map<string, number>();
  let disturbedAt = 0;
  let overdue = 0;
  let most = 0;

  function disturb(): void {
    disturbedAt = clock.now();
    counts.clear();
  }

  function waiting() {
    return questions().flatMap((one) => {
      const { eligibleAt, isBackground, isAsked, isKept, model } = one;
      const counted = eligibleAt !== undefined && !isBackground && !isAsked && !isKept && isSteady(model);
      return counted ? [{ ...one, overdueAt: eligibleAt + OVERDUE_MS }] : [];
    });
  }

  return {
    disturb,

    onAsk(id: string, tag: string): void {
      if (!hasRoomForOne) return;
      const now = clock.now();
      const late = waiting().find(
        ({ model, overdueAt }) => !isThere(model) && Math.max(overdueAt, disturbedAt + LONGEST_REST_MS) < now,
      );
      const { eligibleAt = 0 } = questions().find((one) => one.id === id) ?? {};
      if (late && eligibleAt > readyAt(tag)) wrong(`${id} is begun though ${late.id} is overdue`);
    },

    /** A load ended well; it had begun then. */
    onLoaded(tag: string, beganAt: number): void {
      for (const { id, model, overdueAt } of waiting()) {
        if (model !== tag && isThere(model)) continue;
        if (beganAt < Math.max(overdueAt, wentAt.get(model) ?? 0, disturbedAt)) continue;
        const count = (counts.get(id) ?? 0) + 1;
        if (count === 1) overdue += 1;
        most = Math.max(most, count);
        if (count > models + 1) wrong(`${id} has waited for ${model} through ${count} loads`);
        counts.set(id, model === tag ? 0 : count);
      }
    },

    onWent: (tag: string) => void wentAt.set(tag, clock.now()),

    audited: () => ({ overdue, most }),
  };
}

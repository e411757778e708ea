import { PATIENCE_MS } from '../../../src/models/schedule/next-load.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { JobChecks } from './job-checks.ts';

type Surroundings = {
  readonly clock: Clock;
  readonly wrong: (what: string) => void;
  readonly questions: JobChecks['open'];
  readonly models: number;
  readonly isSteady: (tag: string) => boolean;
  readonly isThere: (tag: string) => boolean;
};

/**
 * Once a question is overdue and its model out, at most one load for each model and one more begin until that of its
 * own has. Counted are loads that ended well and began after the last disturbance: a load that failed, a swap by
 * another client, an order.
 */
export function createLoadBound({ clock, wrong, questions, models, isSteady, isThere }: Surroundings) {
  const counts = new Map<string, number>();
  const wentAt = new Map<string, number>();
  let disturbedAt = 0;
  let overdue = 0;
  let most = 0;

  function disturb(): void {
    disturbedAt = clock.now();
    counts.clear();
  }

  return {
    disturb,

    /** A load ended well; it had begun then. */
    onLoaded(tag: string, beganAt: number): void {
      for (const { id, model, eligibleAt, isBackground, isAsked, isKept } of questions()) {
        if (eligibleAt === undefined || isBackground || isAsked || isKept) continue;
        if (!isSteady(model) || (model !== tag && isThere(model))) continue;
        const from = Math.max(eligibleAt + PATIENCE_MS.most, wentAt.get(model) ?? 0, disturbedAt);
        if (beganAt < from) continue;
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

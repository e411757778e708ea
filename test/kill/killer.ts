/** No kill is due later than this share of the work, so that enough is left for it to happen. */
const LATEST = 0.9;
/** When a kill is due, so many more events may pass. */
const LONGEST_FUSE = 40;
/** So many that fit, where it is aimed. */
const LONGEST_AIMED_FUSE = 5;
/** What does not come within so many events is not waited for. */
const PATIENCE = 200;

type Plan = {
  readonly random: () => number;
  readonly kills: number;
  /** How much progress a round makes: acknowledgements and outcomes. */
  readonly total: number;
  /** False: nobody there to kill yet. */
  readonly kill: () => boolean;
  /** Moments by name, one for each kill in turn; undefined: any. Left out: all are for any. */
  readonly aims?: readonly (string | undefined)[];
};

/** Kills at moments that are spread over the work and then random in how many events pass. */
export function createKiller({ random, kills, total, kill, aims = [] }: Plan) {
  const due = Array.from({ length: kills }, () => Math.floor(random() * total * LATEST)).sort(
    (one, other) => one - other,
  );
  let progress = 0;
  let done = 0;
  let passed = 0;
  let fuse: number | undefined;

  function light(aim: string | undefined): number {
    return Math.ceil(random() * (aim === undefined ? LONGEST_FUSE : LONGEST_AIMED_FUSE));
  }

  return {
    /** A question was acknowledged or has its outcome. */
    progressed(): void {
      progress += 1;
    },
    /** Anything happened that can be seen from outside; `moment`: what it was, where somebody may aim at it. */
    happened(moment?: string): void {
      const next = due[done];
      if (next === undefined || progress < next) return;
      const aim = aims[done % aims.length];
      passed += 1;
      if (aim !== undefined && aim !== moment && passed < PATIENCE) return;
      fuse ??= light(aim);
      fuse -= 1;
      if (fuse > 0 || !kill()) return;
      done += 1;
      passed = 0;
      fuse = undefined;
    },
  };
}

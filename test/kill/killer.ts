/** No kill is due later than this share of the work, so that enough is left for it to happen. */
const LATEST = 0.9;
/** When a kill is due, so many more events may pass. */
const LONGEST_FUSE = 40;

type Plan = {
  readonly random: () => number;
  readonly kills: number;
  /** How much progress a round makes: acknowledgements and outcomes. */
  readonly total: number;
  /** False: nobody there to kill yet. */
  readonly kill: () => boolean;
};

/** Kills at moments that are spread over the work and then random in how many events pass. */
export function createKiller({ random, kills, total, kill }: Plan) {
  const due = Array.from({ length: kills }, () => Math.floor(random() * total * LATEST)).sort(
    (one, other) => one - other,
  );
  let progress = 0;
  let fuse: number | undefined;

  return {
    /** A question was acknowledged or has its outcome. */
    progressed(): void {
      progress += 1;
    },
    /** Anything happened that can be seen from outside. */
    happened(): void {
      const next = due[0];
      if (next === undefined || progress < next) return;
      fuse ??= Math.ceil(random() * LONGEST_FUSE);
      fuse -= 1;
      if (fuse > 0 || !kill()) return;
      due.shift();
      fuse = undefined;
    },
  };
}

import { type Answered, SAME_MOMENT_MS, type Waiting } from './machine-state.ts';

/** Several answers of one model at once slow each other down by this share for each further one. */
const SLOWDOWN = 0.2;

type Running = { readonly job: Waiting; readonly startedAt: number; firstTokenAt?: number; leftMs: number };

/** Answers that are being written. Models that write share the GPU equally. */
export type Gpu = {
  begin(job: Waiting, now: number): void;
  /** When the next first token or end comes if nothing else happens; Infinity: never. */
  nextAt(now: number): number;
  /** Writes for so long. Returns what has ended. */
  write(ms: number, now: number): readonly Answered[];
};

export function createGpu(models: number): Gpu {
  const running: Running[][] = Array.from({ length: models }, () => []);

  /** What one answer of the model gets of the GPU. */
  function shareOf(answers: readonly Running[]): number {
    const busy = running.reduce((count, { length }) => count + (length > 0 ? 1 : 0), 0);
    return 1 / (busy * (1 + SLOWDOWN * (answers.length - 1)));
  }

  return {
    begin: (job, now) => void running[job.model.index]?.push({ job, startedAt: now, leftMs: job.workMs }),

    nextAt(now) {
      let next = Number.POSITIVE_INFINITY;
      for (const answers of running) {
        const share = shareOf(answers);
        for (const answer of answers) next = Math.min(next, now + Math.max(0, untilNext(answer)) / share);
      }
      return next;
    },

    write(ms, now) {
      const shares = running.map(shareOf);
      const ended: Answered[] = [];
      for (const [index, answers] of running.entries()) {
        if (answers.length === 0) continue;
        for (const answer of answers) {
          answer.leftMs -= ms * (shares[index] ?? 0);
          if (untilNext(answer) <= SAME_MOMENT_MS) answer.firstTokenAt ??= now;
          if (answer.leftMs > SAME_MOMENT_MS) continue;
          ended.push({
            ...answer.job,
            startedAt: answer.startedAt,
            firstTokenAt: answer.firstTokenAt ?? now,
          });
        }
        running[index] = answers.filter(({ leftMs }) => leftMs > SAME_MOMENT_MS);
      }
      return ended;
    },
  };
}

/** Work until its first token or, where it has come, its end. */
function untilNext({ job, firstTokenAt, leftMs }: Running): number {
  return firstTokenAt === undefined ? leftMs - (job.workMs - job.prefillMs) : leftMs;
}

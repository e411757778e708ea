import type { Job } from '../../src/path/job.ts';
import type { Processor, RunResult } from '../../src/ports/queue.ts';

/** A promoted job, from the promotion until its end is durable. */
export type Run = {
  readonly id: string;
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Begins the processor, or joins it where the job is delivered again while it still runs. */
  begin(job: Job, starts: number): Promise<RunResult>;
  /** Undefined until it has begun. */
  starts(): number | undefined;
  /** Whether the processor is over and only its end has to be written. */
  settled(): boolean;
  /** The job returns to its place without waiting for its processor. */
  letGo(): void;
  readonly left: Promise<void>;
  /** Its end is written. */
  leave(): void;
};

/** A processor that throws has ended its job, unless `isReturning` says that everything goes back. */
export function createRun(id: string, process: Processor, onThrow: (error: unknown) => RunResult): Run {
  const controller = new AbortController();
  const released = Promise.withResolvers<RunResult>();
  const left = Promise.withResolvers<void>();
  let outcome: Promise<RunResult> | undefined;
  let counted: number | undefined;
  let settled = false;

  async function settle(job: Job, starts: number): Promise<RunResult> {
    try {
      return await Promise.race([process(job, { signal: controller.signal, starts }), released.promise]);
    } catch (error) {
      return onThrow(error);
    } finally {
      settled = true;
    }
  }

  return {
    id,
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    begin(job, starts) {
      counted ??= starts;
      outcome ??= settle(job, starts);
      return outcome;
    },
    starts: () => counted,
    settled: () => settled,
    letGo: () => released.resolve('again'),
    left: left.promise,
    leave: () => left.resolve(),
  };
}

export function hasBegun(run: Run): boolean {
  return run.starts() !== undefined;
}

import { OstlerError } from '../../src/errors.ts';
import type { Job } from '../../src/path/job.ts';
import type { OpenQueue, Processor, Queue, QueuedJob, QueueEvent, RunResult } from '../../src/ports/queue.ts';
import { jobRows } from './job-rows.ts';
import type { Database } from './open-database.ts';
import { storageError } from './trouble.ts';

/** After an abort a processor has this long to let go before its job is returned without it. */
const letGoMs = 2_000;
/** Until an end that could not be written (a full disk) is tried again. */
const retryEndMs = 1_000;

type Run = { readonly controller: AbortController; readonly over: Promise<void> };
/**
 * A job in memory. `leaving`: its removal is being written, so it can no longer be promoted. `changing`: a run
 * that is promoted while the job's replacement is being written begins after it.
 */
type Entry = { job: Job; starts: number; run?: Run; leaving?: true; changing?: Promise<void> };

export type SqliteQueueOptions = {
  /** Told what went wrong where no caller can be: a damaged row, a processor that threw, an end not written. */
  readonly onError?: (error: OstlerError) => void;
  /** Milliseconds since 1970. */
  readonly wall?: () => number;
};

/** The queue on a file. The file's owner is the only one who may open it: see owner-lock.ts. */
export function sqliteQueue(db: Database, options: SqliteQueueOptions = {}): OpenQueue {
  const { onError = () => undefined, wall = Date.now } = options;

  return async (process: Processor): Promise<Queue> => {
    const rows = jobRows(db, wall);
    const entries = new Map<string, Entry>();
    const listeners = new Set<(event: QueueEvent) => void>();
    let closing: Promise<void> | undefined;
    let closed = false;

    const damaged = (seq: number, cause: unknown) =>
      onError(
        new OstlerError(`Job ${seq} in ${db.path} could not be read and was set aside.`, {
          code: 'storage',
          hint: 'It is kept in the table damaged_jobs. Whoever asked has to ask again.',
          cause,
        }),
      );
    for (const { job, starts } of await rows.load(damaged)) entries.set(job.id, { job, starts });

    function emit(event: QueueEvent): void {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onError(internal('A listener of the queue failed.', error));
        }
      }
    }

    async function run(entry: Entry, signal: AbortSignal): Promise<void> {
      const result = await resultOf(entry, signal);
      if (closed) return;
      if (result === 'again') {
        delete entry.run;
        count(entry, -1);
        emit({ type: 'returned', id: entry.job.id });
      } else {
        await end(entry);
      }
    }

    /** A count that cannot be written now is written with the next one; no run waits for that. */
    function count(entry: Entry, change: 1 | -1): void {
      entry.starts += change;
      try {
        rows.setStarts(entry.job.id, entry.starts);
      } catch (error) {
        onError(storageError(error, db.path));
      }
    }

    async function resultOf({ job, starts }: Entry, signal: AbortSignal): Promise<RunResult> {
      try {
        return await process(job, { signal, starts });
      } catch (error) {
        // A forced close aborts in order to return the job; whatever the abort made it throw is no end.
        if (closing && signal.aborted) return 'again';
        onError(internal(`Job ${job.id} failed and has ended.`, error));
        return 'done';
      }
    }

    async function end(entry: Entry): Promise<void> {
      while (!closed) {
        try {
          await rows.end(entry.job.id);
          entries.delete(entry.job.id);
          return emit({ type: 'ended', id: entry.job.id });
        } catch (error) {
          onError(storageError(error, db.path));
          await new Promise((resolve) => setTimeout(resolve, retryEndMs).unref());
        }
      }
    }

    async function change(entry: Entry, job: Job): Promise<void> {
      await rows.replace(job);
      entry.job = job;
      emit({ type: 'changed', job });
    }

    async function shut(graceMs: number, reason: unknown): Promise<void> {
      const running = () => [...entries.values()].flatMap((entry) => entry.run ?? []);
      await within(running(), graceMs);
      for (const { controller } of running()) controller.abort(reason);
      await within(running(), letGoMs);
      closed = true;
      for (const entry of entries.values()) if (entry.run) count(entry, -1);
    }

    function refuseIfClosed(): void {
      if (closed) throw new OstlerError('Ostler is stopping.', { code: 'stopping', retryable: true });
    }

    return {
      async add(newJob) {
        refuseIfClosed();
        const job = await rows.add(newJob);
        if (!job) return 'duplicate';
        entries.set(job.id, { job, starts: 0 });
        emit({ type: 'added', job });
        return 'added';
      },
      async jobs(): Promise<readonly QueuedJob[]> {
        refuseIfClosed();
        return [...entries.values()]
          .map(({ job, starts, run }): QueuedJob => ({ job, starts, state: run ? 'running' : 'waiting' }))
          .sort((a, b) => a.job.seq - b.job.seq);
      },
      async promote(id) {
        const entry = entries.get(id);
        if (closing || !entry || entry.run || entry.leaving) return false;
        count(entry, 1);
        const controller = new AbortController();
        entry.run = {
          controller,
          over: Promise.resolve(entry.changing).then(() => run(entry, controller.signal)),
        };
        return true;
      },
      async replace(id, { message, route }) {
        refuseIfClosed();
        const entry = entries.get(id);
        if (!entry || entry.run || entry.leaving) return false;
        const changed = change(entry, { ...entry.job, message, route });
        entry.changing = changed.catch(() => undefined);
        await changed;
        return true;
      },
      async cancel(id, reason) {
        refuseIfClosed();
        const entry = entries.get(id);
        if (!entry || entry.leaving) return 'gone';
        if (entry.run) {
          entry.run.controller.abort(reason);
          return 'aborting';
        }
        entry.leaving = true;
        try {
          await rows.end(id);
        } catch (error) {
          delete entry.leaving;
          throw error;
        }
        entries.delete(id);
        emit({ type: 'removed', id });
        return 'removed';
      },
      onEvent(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close(graceMs, reason) {
        closing ??= shut(graceMs, reason);
        return closing;
      },
    };
  };
}

/** Waits until all runs are over, at most `ms`. */
async function within(runs: readonly Run[], ms: number): Promise<void> {
  if (runs.length === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.all(runs.map((run) => run.over)), late]);
  clearTimeout(timer);
}

function internal(message: string, cause: unknown): OstlerError {
  return new OstlerError(message, { code: 'internal', hint: String(cause), cause });
}

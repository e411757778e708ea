import { Queue as BullQueue, Worker } from 'bullmq';
import { OstlerError } from '../../src/errors.ts';
import type { NewJob } from '../../src/path/job.ts';
import type { OpenQueue, Processor, Queue, QueuedJob } from '../../src/ports/queue.ts';
import type { RedisConnection } from './connect.ts';
import { withDeadline } from './deadline.ts';
import { createDeliveries } from './deliveries.ts';
import { createEvents } from './events.ts';
import { oneByOne } from './one-by-one.ts';
import {
  bullId,
  type Parked,
  parkedUntil,
  parkingLot,
  queueName,
  rememberEndedSeconds,
} from './parking-lot.ts';
import { createReplace } from './replace.ts';
import { createRun, hasBegun, type Run } from './runs.ts';

/** After an abort a processor has this long to let go before its job is returned without it. */
const letGoMs = 2_000;
/** How long BullMQ may take to close its connections. */
const closeWithinMs = 5_000;
const rememberEnded = { age: rememberEndedSeconds, count: 20_000 };
/** BullMQ would end a job silently that stalled too often; `starts` tells, and whoever asked is told. */
const neverEndStalled = Number.MAX_SAFE_INTEGER;
/** BullMQ's code for "not in the delayed set". */
const notInState = -3;

export type RedisQueueOptions = {
  /** How many jobs may run at once in this process. */
  readonly concurrency: number;
  /** A job whose process died waits this long … */
  readonly lockMs?: number;
  /** … and up to twice this until it is back in its place. */
  readonly stallMs?: number;
};

/**
 * The queue on BullMQ: a job is parked as delayed beyond its deadline, and promoted when its turn has come.
 * What BullMQ hands over without a promotion of this process goes back to its place.
 */
export function redisQueue(connection: RedisConnection, options: RedisQueueOptions): OpenQueue {
  const { client, prefix, call, report } = connection;
  const { concurrency, lockMs = 15_000, stallMs = 5_000 } = options;
  const shared = { connection: client, prefix: prefix.replace(/:$/, '') };

  return async (process: Processor): Promise<Queue> => {
    const runs = new Map<string, Run>();
    const promoting = new Map<string, Promise<boolean>>();
    const { emit, onEvent } = createEvents((error) =>
      report(internal('A listener of the queue failed.', error)),
    );
    /** Cancelled while another process's crash still held them: they end when they come back. */
    const cancelled = new Set<string>();
    let closing: Promise<void> | undefined;
    let closed = false;

    const queue = new BullQueue<Parked>(queueName, { ...shared, defaultJobOptions: { attempts: 1 } });
    queue.on('error', report);
    const lot = parkingLot(connection, (part) => queue.toKey(part));
    // Numbers are in the order of the calls, and of two replacements the later one stays.
    const inOrder = oneByOne(call);
    const replace = createReplace({ lot, runs, promoting, emit });
    await call(() => queue.waitUntilReady());

    const { receive, leave, reconcileAll } = createDeliveries({ connection, queue, runs, cancelled, emit });
    const worker = new Worker<Parked>(queueName, (delivery, token = '') => receive(delivery, token), {
      ...shared,
      concurrency,
      // Redis takes whole milliseconds only.
      lockDuration: Math.ceil(lockMs),
      stalledInterval: Math.ceil(stallMs),
      maxStalledCount: neverEndStalled,
      runRetryDelay: 1_000,
      removeOnComplete: rememberEnded,
      removeOnFail: rememberEnded,
    });
    worker.on('completed', ({ data }) => leave(data.job.id, 'ended'));
    worker.on('failed', (delivery) => delivery && leave(delivery.data.job.id, 'ended'));
    worker.on('error', (error) => {
      report(error);
      reconcileAll();
    });
    client.on('ready', reconcileAll);
    await call(() => worker.waitUntilReady());

    async function addNow({ id, ...rest }: NewJob): Promise<'added' | 'duplicate'> {
      const seq = await lot.claim(id);
      if (seq === 0) return 'duplicate';
      const job = { id, ...rest, seq };
      const delay = parkedUntil(job) - Date.now();
      await queue.add('job', { job, unstarted: 0 }, { jobId: bullId(id), delay });
      emit({ type: 'added', job });
      return 'added';
    }

    async function promoteNow(id: string): Promise<boolean> {
      const run = createRun(id, process, (error) => {
        // A forced close aborts in order to return the job; whatever the abort made it throw is no end.
        if (closing && run.signal.aborted) return 'again';
        report(internal(`Job ${id} failed and has ended.`, error));
        return 'done';
      });
      runs.set(id, run);
      try {
        await call(() => queue.getBackend().promote(bullId(id)));
        return true;
      } catch (error) {
        // A promotion whose answer was lost may have begun the run.
        if (hasBegun(run)) return true;
        runs.delete(id);
        run.leave();
        const cause = error instanceof OstlerError ? error.cause : error;
        if (cause instanceof Error && 'code' in cause && cause.code === notInState) return false;
        throw error;
      }
    }

    async function shut(graceMs: number, reason: unknown): Promise<void> {
      const allLeft = () => Promise.all([...runs.values()].map((run) => run.left));
      await settledWithin(allLeft(), graceMs);
      for (const run of runs.values()) run.abort(reason);
      await settledWithin(allLeft(), letGoMs);
      for (const run of runs.values()) run.letGo();
      await settledWithin(worker.close(), closeWithinMs);
      closed = true;
      client.off('ready', reconcileAll);
      await settledWithin(queue.close(), closeWithinMs);
    }

    function refuseIfClosed(): void {
      if (closed) throw stopping();
    }

    return {
      async add(job) {
        refuseIfClosed();
        return inOrder(() => addNow(job));
      },
      async jobs() {
        refuseIfClosed();
        const listed = await lot.list();
        return listed
          .map(({ job, list, starts }): QueuedJob => {
            const run = runs.get(job.id);
            const running = run !== undefined || list === 'active';
            return { job, starts: run?.starts() ?? starts, state: running ? 'running' : 'waiting' };
          })
          .sort((a, b) => a.job.seq - b.job.seq);
      },
      promote(id) {
        if (closing || runs.has(id)) return Promise.resolve(false);
        const promotion = promoteNow(id).finally(() => promoting.delete(id));
        promoting.set(id, promotion);
        return promotion;
      },
      async replace(id, change) {
        refuseIfClosed();
        return inOrder((refuseIfLate) => replace(id, change, refuseIfLate));
      },
      async cancel(id, reason) {
        refuseIfClosed();
        // Whether it begins is known first: only then is there something to abort.
        await promoting.get(id)?.catch(() => false);
        if (!runs.has(id)) {
          const where = await lot.remove(id);
          if (where === 'removed') emit({ type: 'removed', id });
          if (where !== 'delivered') return where;
        }
        const run = runs.get(id);
        if (run) run.abort(reason);
        else cancelled.add(id);
        return 'aborting';
      },
      onEvent,
      close(graceMs, reason) {
        closing ??= shut(graceMs, reason);
        return closing;
      },
    };
  };
}

async function settledWithin(promise: Promise<unknown>, ms: number): Promise<void> {
  await withDeadline(promise, ms).catch(() => undefined);
}

function stopping(): OstlerError {
  return new OstlerError('Ostler is stopping.', { code: 'stopping', retryable: true });
}

function internal(message: string, cause: unknown): OstlerError {
  return new OstlerError(message, { code: 'internal', hint: String(cause), cause });
}

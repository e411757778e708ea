import { type Queue as BullQueue, DelayedError, type Job as Delivery } from 'bullmq';
import type { QueueEvent } from '../../src/ports/queue.ts';
import type { RedisConnection } from './connect.ts';
import { bullId, type Parked, parkedUntil } from './parking-lot.ts';
import { hasBegun, type Run } from './runs.ts';

type Surroundings = {
  readonly connection: Pick<RedisConnection, 'client' | 'report'>;
  readonly queue: Pick<BullQueue<Parked>, 'getJobState'>;
  /** The jobs that this process runs, or is about to. */
  readonly runs: Map<string, Run>;
  /** Cancelled while another process's crash still held them: they end when they come back. */
  readonly cancelled: Set<string>;
  readonly emit: (event: QueueEvent) => void;
};

/** What becomes of a job that BullMQ hands over: what was not promoted here goes back to its place. */
export function createDeliveries({ connection, queue, runs, cancelled, emit }: Surroundings) {
  const { client, report } = connection;

  async function receive(delivery: Delivery<Parked>, token: string): Promise<string> {
    const { job, unstarted } = delivery.data;
    const run = runs.get(job.id);
    if (!run && cancelled.has(job.id)) return 'cancelled';
    const isOurs = run && !hasBegun(run);
    if (!isOurs) await delivery.updateData({ job, unstarted: unstarted + 1 });
    const result = run ? await run.begin(job, delivery.attemptsStarted - unstarted) : 'again';
    if (result === 'done') return result;
    if (isOurs) await delivery.updateData({ job, unstarted: unstarted + 1 });
    await delivery.moveToDelayed(parkedUntil(job), token);
    leave(job.id, 'returned');
    throw new DelayedError();
  }

  function leave(id: string, type: 'ended' | 'returned'): void {
    const run = runs.get(id);
    const known = runs.delete(id) || cancelled.delete(id);
    run?.leave();
    if (known || type === 'returned') emit({ type, id });
  }

  async function reconcile(run: Run): Promise<void> {
    const state = await queue.getJobState(bullId(run.id));
    if (runs.get(run.id) !== run || !(run.settled() || !hasBegun(run))) return;
    if (state === 'completed' || state === 'failed' || state === 'unknown') leave(run.id, 'ended');
    if (state === 'delayed' && run.settled()) leave(run.id, 'returned');
  }

  return {
    receive,
    leave,
    /** An answer that got lost with the connection may have been the one that ended a run. */
    reconcileAll(): void {
      if (client.status !== 'ready') return;
      for (const run of runs.values()) {
        if (run.settled() || !hasBegun(run)) reconcile(run).catch(report);
      }
    },
  };
}

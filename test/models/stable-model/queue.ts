import { OstlerError } from '../../../src/errors.ts';
import type { Job } from '../../../src/path/job.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Processor, Queue, QueueEvent } from '../../../src/ports/queue.ts';

/** A statement of its storage. */
const WRITES_MS = 1;

type Held = { readonly job: Job; run: AbortController | undefined; starts: number };

type Surroundings = {
  readonly clock: Clock;
  readonly process: Processor;
  /** How many of the next promotions fail. */
  readonly troubles: { promote: number };
  readonly onPromote: (id: string, isRunning: boolean) => void;
  readonly onGone: (id: string) => void;
};

/** A queue in memory that takes a moment for everything. */
export function fakeQueue({ clock, process, troubles, onPromote, onGone }: Surroundings) {
  const held = new Map<string, Held>();
  const listeners = new Set<(event: QueueEvent) => void>();
  const written = () => new Promise<void>((resolve) => clock.after(WRITES_MS, resolve));
  let seq = 0;

  function tell(event: QueueEvent): void {
    for (const listener of listeners) listener(event);
  }

  async function run(one: Held, { signal }: AbortController): Promise<void> {
    one.starts += 1;
    const result = await process(one.job, { signal, starts: one.starts }).catch(() => 'done' as const);
    await written();
    one.run = undefined;
    if (result === 'again') {
      one.starts -= 1;
      tell({ type: 'returned', id: one.job.id });
    } else remove(one.job.id, 'ended');
  }

  function remove(id: string, type: 'ended' | 'removed'): void {
    held.delete(id);
    onGone(id);
    tell({ type, id });
  }

  const queue: Queue = {
    async add(added) {
      await written();
      seq += 1;
      const job = { ...added, seq };
      held.set(job.id, { job, run: undefined, starts: 0 });
      tell({ type: 'added', job });
      return 'added';
    },

    jobs: async () =>
      [...held.values()].map(({ job, run: begun, starts }) => ({
        job,
        state: begun ? 'running' : 'waiting',
        starts,
      })),

    async promote(id) {
      onPromote(id, held.get(id)?.run !== undefined);
      await written();
      if (troubles.promote > 0) {
        troubles.promote -= 1;
        throw new OstlerError('The disk is full.', { code: 'storage', retryable: true });
      }
      const one = held.get(id);
      if (!one || one.run) return false;
      one.run = new AbortController();
      void run(one, one.run);
      return true;
    },

    replace: () => Promise.reject(new Error('Nobody edits here.')),

    async cancel(id, reason) {
      await written();
      const one = held.get(id);
      if (!one) return 'gone';
      if (one.run) {
        one.run.abort(reason);
        return 'aborting';
      }
      remove(id, 'removed');
      return 'removed';
    },

    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    close: async () => {},
  };

  return queue;
}

import { seeded } from '../../demo/ollama/seeded.ts';
import type { Model, Waiting } from './machine-state.ts';
import { createQueues, type OpenPolicy } from './policy.ts';
import type { Trace } from './trace.ts';

/**
 * Ollama alone, after server/sched.go of August 2026, with `keep_alive: -1`. A request for a loaded model passes the
 * queue, also while that model is being drained to leave. All others stand in one queue, whose head holds it up while
 * its victim drains and while its own model loads. Kind to it: models may fill the memory, where it wants 20 % of what
 * is free left over.
 */
export const ollama: OpenPolicy = (machine, trace) => {
  const queues = createQueues(machine.models);
  const pending: Waiting[] = [];
  /** Those that leave as soon as they are idle. */
  const expired = new Set<Model>();
  let victim: Model | undefined;
  /** Its model is being loaded. */
  let head: Waiting | undefined;

  const order = tieOrder(trace);
  const orderOf = ({ index }: Model) => order[index] ?? 0;

  function leaveIfIdle(model: Model): void {
    if (!expired.has(model) || model.state !== 'ready' || !queues.isIdle(model)) return;
    machine.evict(model);
    expired.delete(model);
    if (victim === model) victim = undefined;
  }

  function expireOne(): void {
    const loaded = machine.models
      .filter(({ state }) => state === 'ready')
      .toSorted(
        (one, other) =>
          Number(expired.has(other)) - Number(expired.has(one)) || orderOf(one) - orderOf(other),
      );
    victim = loaded.find(queues.isIdle) ?? loaded[0];
    if (victim) expired.add(victim);
  }

  /** Returns whether anything came of it. */
  function takeNext(): boolean {
    const next = pending[0];
    if (victim || head || !next) return false;
    if (next.model.state !== 'ready' && next.model.sizeBytes > machine.freeBytes()) {
      expireOne();
      return true;
    }
    pending.shift();
    if (next.model.state === 'ready') queues.of(next.model).push(next);
    else {
      head = next;
      machine.load(next.model);
    }
    return true;
  }

  return {
    arrived: (job) => void (job.model.state === 'ready' ? queues.of(job.model) : pending).push(job),

    loaded(model) {
      expired.delete(model);
      if (head) queues.of(model).unshift(head);
      head = undefined;
    },

    act() {
      do {
        for (const model of machine.models) {
          queues.serve(model, machine);
          leaveIfIdle(model);
        }
      } while (takeNext());
    },
  };
};

/** Among equals it takes the path of the file, which is a digest: any fixed order, the least number first. */
export function tieOrder({ models, requests }: Pick<Trace, 'models' | 'requests'>): readonly number[] {
  const random = seeded(requests.length);
  return models.map(() => random());
}

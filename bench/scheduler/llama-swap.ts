import type { Model, Waiting } from './machine-state.ts';
import { createQueues, type OpenPolicy } from './policy.ts';

/**
 * llama-swap, after internal/router/scheduler/fifo.go of August 2026. A request for a model in memory, or on its way
 * there, is served by it at once; all others wait in one line until their victims are idle. Which ones these are is
 * fixed, whoever is busy. Kind to it: the least popular models leave first.
 */
export const llamaSwap: OpenPolicy = (machine) => {
  const queues = createQueues(machine.models);
  let line: readonly Waiting[] = [];

  /** Enough of those in memory, the last of the list first. */
  function victimsOf(model: Model): readonly Model[] {
    const victims: Model[] = [];
    let freeBytes = machine.freeBytes();
    for (const victim of machine.models.toReversed()) {
      if (freeBytes >= model.sizeBytes) break;
      if (victim.state === 'not_loaded') continue;
      freeBytes += victim.sizeBytes;
      victims.push(victim);
    }
    return victims;
  }

  /** Whether the model is in memory afterwards, or on its way there. */
  function isThere(model: Model): boolean {
    if (model.state !== 'not_loaded') return true;
    if (machine.isLoading) return false;
    const victims = victimsOf(model);
    if (!victims.every((victim) => victim.state === 'ready' && queues.isIdle(victim))) return false;
    for (const victim of victims) machine.evict(victim);
    machine.load(model);
    return true;
  }

  return {
    arrived(job) {
      line = [...line, job];
    },

    act() {
      line = line.filter((job) => {
        const isTaken = isThere(job.model);
        if (isTaken) queues.of(job.model).push(job);
        return !isTaken;
      });
      for (const model of machine.models) queues.serve(model, machine);
    },
  };
};

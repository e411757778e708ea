import type { Machine } from './machine.ts';
import type { Answered, Model, Waiting } from './machine-state.ts';
import type { Trace } from './trace.ts';

/** Decides who is answered and what is loaded. `act` comes last, after everything that a moment brought. */
type Policy = {
  arrived?(job: Waiting): void;
  answered?(job: Answered): void;
  loaded?(model: Model): void;
  act(): void;
};

export type OpenPolicy = (machine: Machine, trace: Trace) => Policy;

export function hasFreeSlot({ state, running, slots }: Model): boolean {
  return state === 'ready' && running < slots;
}

/** The questions that a policy has given to each model. */
export function createQueues(models: readonly Model[]) {
  const queues = new Map<Model, Waiting[]>(models.map((model) => [model, []]));
  const of = (model: Model): Waiting[] => queues.get(model) ?? [];
  return {
    of,
    isIdle: (model: Model): boolean => model.running === 0 && of(model).length === 0,
    /** Begins as many as the model has slots for. */
    serve(model: Model, machine: Pick<Machine, 'start'>): void {
      while (hasFreeSlot(model)) {
        const job = of(model).shift();
        if (!job) return;
        machine.start(job);
      }
    },
  };
}

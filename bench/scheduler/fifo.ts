import type { Machine } from './machine.ts';
import type { Model } from './machine-state.ts';
import { hasFreeSlot, type OpenPolicy } from './policy.ts';

/** One line for everybody: nobody passes its head, and the model used the longest ago makes room. */
export const fifo: OpenPolicy = (machine) => ({
  act() {
    for (let head = machine.waiting[0]; head; head = machine.waiting[0]) {
      if (!hasFreeSlot(head.model)) return load(head.model, machine);
      machine.start(head);
    }
  },
});

function load(model: Model, machine: Machine): void {
  if (machine.isLoading || model.state !== 'not_loaded') return;
  const idle = machine.models.filter(({ state, running }) => state === 'ready' && running === 0);
  const victims: Model[] = [];
  let freeBytes = machine.freeBytes();
  for (const victim of idle.toSorted((one, other) => one.lastUsedAt - other.lastUsedAt)) {
    if (freeBytes >= model.sizeBytes) break;
    freeBytes += victim.sizeBytes;
    victims.push(victim);
  }
  if (freeBytes < model.sizeBytes) return;
  for (const victim of victims) machine.evict(victim);
  machine.load(model);
}

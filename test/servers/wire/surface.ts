import type { TimedEvents } from '../../../demo/ollama/events.ts';
import type { Port } from '../../../demo/ollama/port.ts';

/** What tests see of any server, and how they disturb it. */
export type Surface<New extends { readonly type: string }, Fault> = Pick<
  TimedEvents<New>,
  'on' | 'when' | 'until'
> & {
  /** Returns what takes it back. */
  fault(fault: Fault): () => void;
  /** Those that have not happened as often as they shall. */
  pendingFaults(): readonly Fault[];
  /** Refuses connections and cuts those that are open; what the server knows stays. */
  goAway(): Promise<void>;
  /** Listens again, on the same port. */
  comeBack(): Promise<void>;
};

export function createSurface<New extends { readonly type: string }, Fault>(
  events: TimedEvents<New>,
  faults: { inject(fault: Fault): () => void; pending(): readonly Fault[] },
  door: Port,
): Surface<New, Fault> {
  return {
    on: events.on,
    when: events.when,
    until: events.until,
    fault: faults.inject,
    pendingFaults: faults.pending,
    goAway: door.shut,
    comeBack: door.open,
  };
}

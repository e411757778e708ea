import type { Clock } from '../ports/clock.ts';
import { VISIT_MS } from './keep-alive.ts';
import type { ModelState } from './schedule/state.ts';

/** Models that were loaded for nobody's question yet, and until when there may be one (monotonic milliseconds). */
export function createAwaited(clock: Pick<Clock, 'now'>) {
  const until = new Map<string, number>();

  return {
    add: (model: string) => void until.set(model, clock.now() + VISIT_MS),
    /** Forgets those whose time is over, and those that have left. */
    observe(stateOf: (model: string) => ModelState['state']): void {
      for (const [model, end] of until)
        if (end <= clock.now() || stateOf(model) === 'not_loaded') until.delete(model);
    },
    list: (): readonly string[] => [...until.keys()],
    ends: (): readonly number[] => [...until.values()],
  };
}

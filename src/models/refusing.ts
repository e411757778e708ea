import { toFailure } from '../errors.ts';
import type { createEnding } from './ending.ts';
import { insufficientMemory } from './insufficient-memory.ts';
import type { Intentions } from './intentions.ts';
import type { Judging } from './judging.ts';
import type { Line } from './line.ts';
import { notInstalled } from './not-installed.ts';
import type { HostState } from './schedule/state.ts';

type Surroundings = {
  readonly line: Pick<Line, 'find'>;
  readonly ending: Pick<ReturnType<typeof createEnding>, 'giveUp'>;
  readonly intentions: Pick<Intentions, 'orders' | 'refuseOrders'>;
  readonly judging: Judging;
};

/**
 * Whoever waits for a model that can never be loaded is told so; where it is only wished for, it does not come.
 * Returns what is left to decide on.
 */
export function createRefusing({ line, ending, intentions, judging }: Surroundings) {
  /** A question finds another model where its own was deleted, an order does not. */
  function refuseMissing({ reachable, models }: HostState): void {
    if (!reachable) return;
    for (const { model } of intentions.orders()) {
      if (models.some(({ tag }) => tag === model)) continue;
      intentions.refuseOrders(model, notInstalled(model));
    }
  }

  return (seen: HostState): HostState => {
    const isMoving = seen.models.some(({ state: place }) => place === 'loading' || place === 'unloading');
    if (isMoving) return seen;
    refuseMissing(seen);
    const out = seen.models.filter(({ state: place }) => place === 'not_loaded').map(({ tag }) => tag);
    const wanted = new Set(
      [...seen.waiting, ...intentions.orders(), ...seen.wishes].map(({ model }) => model),
    );
    const impossible = new Map(
      out.flatMap((tag) => {
        const verdict = wanted.has(tag) ? judging(tag, seen) : undefined;
        return verdict?.kind === 'never' ? [[tag, verdict] as const] : [];
      }),
    );
    if (impossible.size === 0) return seen;
    for (const [tag, verdict] of impossible)
      intentions.refuseOrders(tag, insufficientMemory(tag, verdict), verdict);
    for (const { id, model } of seen.waiting) {
      const verdict = impossible.get(model);
      const place = line.find(id);
      if (verdict && place) ending.giveUp(place.job, toFailure(insufficientMemory(model, verdict)));
    }
    const isPossible = ({ model }: { readonly model: string }) => !impossible.has(model);
    return { ...seen, waiting: seen.waiting.filter(isPossible), wishes: seen.wishes.filter(isPossible) };
  };
}

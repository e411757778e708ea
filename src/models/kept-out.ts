import type { KeptRoom } from '../chat/progress.ts';
import type { Clock } from '../ports/clock.ts';
import { inSteps } from './expect-wait.ts';
import type { Judging } from './judging.ts';
import type { HostState } from './schedule/state.ts';

type Surroundings = { readonly judging: Judging; readonly clock: Pick<Clock, 'wall'> };

/**
 * Which models have to leave by themselves before this one can come, and when they do as things stand; undefined where
 * it waits for none.
 */
export function createKeptOut({ judging, clock }: Surroundings) {
  return (model: string, state: HostState): KeptRoom | undefined => {
    if (!state.models.some(({ keeps, state: where }) => keeps === 'preserved' && where !== 'not_loaded'))
      return;
    const verdict = judging(model, state);
    if (verdict.kind !== 'waits') return undefined;
    const by = verdict.keepers.map(({ tag }) => tag);
    const leftMs = state.models
      .filter(({ tag }) => by.includes(tag))
      // What ps says of one that answers is old.
      .map(({ running, expiresAt }) => (running > 0 || !expiresAt ? undefined : expiresAt - clock.wall()));
    const isKnown = leftMs.every((ms) => ms !== undefined);
    return { by, ...(isKnown && { aboutSeconds: inSteps(Math.max(...leftMs, 1_000) / 1_000) }) };
  };
}

import type { Clock } from '../ports/clock.ts';
import type { ArrivalRate } from './arrival-rate.ts';
import type { Line } from './line.ts';
import type { Memory } from './memory.ts';
import { modelOf, type Place } from './place.ts';

/** The first question of its chat, which only this model can answer. */
export type Needy = { readonly head: Place & { readonly eligibleAt: number }; readonly model: string };

/** In order of eligibility. */
export function findNeedy(
  line: Pick<Line, 'heads'>,
  needsModel: (head: Place) => boolean,
  now: number,
): readonly Needy[] {
  return line.heads(now).flatMap((head) => {
    const model = modelOf(head);
    return model !== undefined && needsModel(head) ? [{ head, model }] : [];
  });
}

type Surroundings = {
  readonly needy: () => readonly Needy[];
  readonly clock: Clock;
  readonly arrivals: Pick<ArrivalRate, 'note'>;
  readonly memory: Pick<Memory, 'isReady'>;
  /** Somebody waits for a model, which is in memory or is not. */
  readonly onDemand: (isResident: boolean) => void;
};

/** Counts each question once for the model that it waits for, however often it is looked at. */
export function createCounting({ needy, clock, arrivals, memory, onDemand }: Surroundings): () => void {
  return () => {
    for (const { head, model } of needy()) {
      if (head.countedFor === model) continue;
      head.countedFor = model;
      arrivals.note(model, clock.now());
      onDemand(memory.isReady(model));
    }
  };
}

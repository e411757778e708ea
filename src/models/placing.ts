import { hasPictures } from '../chat/message.ts';
import type { Failure } from '../errors.ts';
import type { Job } from '../path/job.ts';
import { type Placement, place } from '../path/route.ts';
import type { Clock } from '../ports/clock.ts';
import type { Line } from './line.ts';
import { modelOf, type Place } from './place.ts';
import type { ServerState } from './server-state.ts';
import type { Settings } from './settings.ts';

/** Finds each question that may begin the model that answers it. */
export type Placing = {
  /** Brings what is known of the server up to date, as far as those who may begin need it. Throws. */
  look(): Promise<void>;
  /** Places those who may begin. Returns whether some must be looked at first, because they just came. */
  placeHeads(onImpossible: (job: Job, failure: Failure) => void): boolean;
  /** The models that open questions will ask for, as things stand: also those that may not begin yet. */
  expected(): ReadonlySet<string>;
  /** What is installed has changed. */
  forget(): void;
};

type Surroundings = {
  readonly line: Line;
  readonly state: ServerState;
  readonly clock: Clock;
  readonly settings: () => Settings;
};

export function createPlacing({ line, state, clock, settings }: Surroundings): Placing {
  const heads = () => line.heads(clock.now());
  /** For whom what is known was brought up to date. */
  let looked: readonly Place[] = [];

  /** As things stand: for many questions that is looked up once. */
  function placements(): (head: Place) => Placement {
    const residents = state.memory.models().map((model) => model.tag);
    const world = { installed: state.inventory.list(), residents };
    const { routing } = settings();
    return ({ placement, job: { route, message } }) =>
      placement ?? place(route, hasPictures(message), world, routing);
  }

  function forget(): void {
    for (const waiting of line.waiting()) waiting.placement = undefined;
  }

  return {
    async look() {
      looked = heads();
      if (looked.length === 0) return;
      if (state.isStale()) await state.sync();
      // A model may have been installed a moment ago: nobody is told otherwise before the list was read again.
      const placementOf = placements();
      const unlisted = heads().filter((head) => !isPlain(head, placementOf(head)));
      if (await state.list(unlisted.length > 0)) forget();
      for (const head of unlisted) head.listed = true;
      // A load may have failed in the meantime.
      if (state.isDoubtful()) await state.sync();
    },

    placeHeads(onImpossible) {
      let late = false;
      const placementOf = placements();
      for (const head of heads()) {
        const placement = placementOf(head);
        if (!looked.includes(head) || !isPlain(head, placement)) {
          late = true;
          continue;
        }
        head.placement = placement;
        if (head.consent?.model !== modelOf(head)) head.consent = undefined;
        if (placement.kind === 'impossible') onImpossible(head.job, placement.failure);
      }
      return late;
    },

    expected() {
      const placementOf = placements();
      const open = line
        .all()
        .filter((one) => !one.settled && !one.ending && one.consent?.kind !== 'asked')
        .map(placementOf);
      return new Set(open.flatMap((placement) => (placement.kind === 'model' ? [placement.model] : [])));
    },

    forget,
  };
}

/** Whether its person needs no other model than the intended one, or the list was read to make sure. */
function isPlain({ listed }: Place, placement: Placement): boolean {
  return listed || (placement.kind === 'model' && placement.notice === undefined);
}

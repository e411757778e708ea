import { openSwapStats, type SwapStats } from '../stats/swap-stats.ts';
import { openLoadHistory } from './load-history.ts';
import { openPins } from './pins.ts';
import { createStable, type Stable } from './stable.ts';

type Surroundings = Omit<Parameters<typeof createStable>[0], 'history' | 'pins' | 'swaps'>;

type OpenStable = {
  readonly stable: Stable;
  readonly swaps: SwapStats;
  /** Resolves once what was learned is kept, or could not be. */
  settled(): Promise<unknown>;
};

/** A stable that begins with what earlier ones learned and were told. */
export async function openStable(surroundings: Surroundings): Promise<OpenStable> {
  const { store, logger, clock } = surroundings;
  const [history, pins, swaps] = await Promise.all([
    openLoadHistory({ store, logger }),
    openPins(store),
    openSwapStats({ store, logger, now: clock.wall }),
  ]);
  return {
    stable: createStable({ ...surroundings, history, pins, swaps }),
    swaps,
    settled: () => Promise.all([history.settled(), swaps.settled()]),
  };
}

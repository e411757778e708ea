import type { Clock } from '../ports/clock.ts';

/** A model that leaves again so soon is pushed out by somebody: it comes back later each time. */
const SOON_MS = 60_000;

/** How long a model is left alone after it was lost so many times in a row. */
export const restAfterLossMs = (losses: number) => Math.min(60_000 * 2 ** losses, 3_600_000);

type Stay = { loadedAt: number; isHere: boolean; losses: number; restsUntil: number };

/** How often models that are to stay were lost, and until when each rests after that (monotonic milliseconds). */
export function createLosses(clock: Pick<Clock, 'now'>) {
  const stays = new Map<string, Stay>();

  return {
    /** It is in memory, or was found missing. */
    note(model: string, isHere: boolean): void {
      const now = clock.now();
      const stay = stays.get(model) ?? {
        loadedAt: Number.NEGATIVE_INFINITY,
        isHere: false,
        losses: 0,
        restsUntil: now,
      };
      stays.set(model, stay);
      if (stay.isHere === isHere) return;
      stay.isHere = isHere;
      if (isHere) {
        stay.loadedAt = now;
        return;
      }
      stay.losses = now - stay.loadedAt < SOON_MS ? stay.losses + 1 : 0;
      stay.restsUntil = stay.losses === 0 ? now : now + restAfterLossMs(stay.losses);
    },

    restsUntil: (model: string): number => stays.get(model)?.restsUntil ?? 0,
    restEnds: (): readonly number[] => [...stays.values()].map(({ restsUntil }) => restsUntil),
    clear: () => stays.clear(),
  };
}

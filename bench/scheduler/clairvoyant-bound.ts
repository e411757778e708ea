/** Moments are rounded down to this: what comes out stays a lower bound. */
const GRID_SECONDS = 1;

/** The sum of waits of all questions from this one on, if the model may begin with it at that moment. */
type WaitsFrom = (first: number, atSeconds: number) => number;

/** What the questions of one model wait at least, because they are answered in order, one after the other. */
export function oneModelBound(arrivals: readonly number[], work: readonly number[]): WaitsFrom {
  const count = arrivals.length;
  // After the last arrival, every later second is a second more for each.
  const lastSlot = Math.ceil((arrivals.at(-1) ?? 0) / GRID_SECONDS);
  const sums = Array.from({ length: count + 1 }, () => new Float64Array(lastSlot + 1));

  function waitsFrom(first: number, atSeconds: number): number {
    const slot = Math.min(lastSlot, Math.floor(atSeconds / GRID_SECONDS));
    const beyond = Math.max(0, atSeconds - lastSlot * GRID_SECONDS);
    return (sums[first]?.[slot] ?? 0) + beyond * (count - first);
  }

  for (let first = count - 1; first >= 0; first -= 1) {
    const arrival = arrivals[first] ?? 0;
    for (let slot = 0; slot <= lastSlot; slot += 1) {
      const begin = Math.max(slot * GRID_SECONDS, arrival);
      const row = sums[first];
      if (row) row[slot] = begin - arrival + waitsFrom(first + 1, begin + (work[first] ?? 0));
    }
  }
  return waitsFrom;
}

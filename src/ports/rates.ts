/** What was taken of something. `endsInMs`: then all of it is there again. */
type Taken = { readonly points: number; readonly endsInMs: number };

/** Counts in windows of time, each of which begins with the first that is taken. */
export type Rates = {
  /**
   * Adds a whole number to what was taken under this key; less than zero gives back. How long a window lasts is told
   * by what began it. Throws `storage`.
   */
  add(key: string, points: number, windowSeconds: number): Promise<Taken>;
};

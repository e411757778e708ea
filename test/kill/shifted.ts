/** The same ones in the same circle, so that every seed begins somewhere else. */
export function shifted<T>(all: readonly T[], by: number): readonly T[] {
  return all.map((_, at) => all[(at + by) % all.length] as T);
}

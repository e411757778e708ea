/** Reads one at a time: whoever comes while it is read goes on after those who came before. Never throws. */
export function joined(
  read: () => Promise<unknown>,
  onFailure: (cause: unknown) => void,
): () => Promise<void> {
  let underway: Promise<void> | undefined;
  return () => {
    underway ??= read()
      .then(() => {}, onFailure)
      .finally(() => {
        underway = undefined;
      });
    return underway;
  };
}

/** Several answers of one model at once slow each other down by this share for each further one. */
const SLOWDOWN = 0.2;

/** Who generates: models that do so at the same time share the GPU equally. */
export type GpuShare = {
  /** Returns what ends it. */
  begin(tag: string): () => void;
  /** How many times as long it takes now as it would alone. */
  slowdown(tag: string): number;
};

export function createGpuShare(): GpuShare {
  const answers = new Map<string, number>();
  const of = (tag: string) => answers.get(tag) ?? 0;

  return {
    begin(tag) {
      answers.set(tag, of(tag) + 1);
      return () => {
        answers.set(tag, of(tag) - 1);
        if (of(tag) === 0) answers.delete(tag);
      };
    },
    slowdown: (tag) => answers.size * (1 + SLOWDOWN * (of(tag) - 1)),
  };
}

/** The RAM of this machine. */
export type RamMemory = {
  readonly totalBytes: number;
  /** What programs can get without anything being swapped out; the page cache counts as available. */
  readonly availableBytes: number;
};

/** Reads the RAM of the machine that Ollama runs on; undefined where it is not known. Never throws. */
export type HostMemory = () => Promise<RamMemory | undefined>;

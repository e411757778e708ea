/** Of all GPUs of this machine together, and what told it. No bytes at all: it has no GPU that models can use. */
export type GpuMemory = {
  readonly totalBytes: number;
  /** By whomever. */
  readonly usedBytes: number;
  readonly source: 'nvidia-smi' | 'rocm-smi' | 'sysfs';
};

/** Reads the memory of the GPUs that Ollama runs on; undefined where it is not known. Never throws. */
export type Gpu = (signal: AbortSignal) => Promise<GpuMemory | undefined>;

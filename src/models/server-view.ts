import type { Installed } from '../ports/models.ts';

/** A model in memory, or on its way in or out. Times are monotonic milliseconds. */
export type ModelInMemory = {
  readonly tag: string;
  readonly state: 'loading' | 'ready' | 'unloading';
  /** Questions that it is answering. */
  readonly running: number;
  /** As ps shows it; 0 where it has not. */
  readonly sizeBytes: number;
  readonly readyAt: number;
  readonly lastUsedAt: number;
  /** Loaded by another client. */
  readonly foreign: boolean;
  /** When another client was last seen to use it; before all time: never. */
  readonly othersUsedAt: number;
};

/** A model in memory as people may see it. */
export type ModelSeen = ModelInMemory & {
  /** The part of it that is on the GPU, as ps shows it; 0 where it has not. */
  readonly vramBytes: number;
  /**
   * When Ollama unloads it, in milliseconds since 1970; stale while it answers; null: never. Only where Ollama
   * has shown it.
   */
  readonly expiresAt?: number | null;
  /** It came while we looked on, and we did not load it. */
  readonly byAnother: boolean;
  /** With which it is loaded, in tokens; left out where the server does not say. */
  readonly contextLength?: number;
};

/** One server as it was last seen. */
export type ServerView = {
  readonly version: string;
  /** It says itself that its models are simulated. */
  readonly simulated: boolean;
  /** Undefined while it answers. */
  readonly away:
    | { readonly since: number; readonly message: string; readonly hint: string | undefined }
    | undefined;
  readonly installed: readonly Installed[];
  readonly models: readonly ModelSeen[];
  /** Tags. */
  readonly pinned: readonly string[];
  /** What the models may fill on the GPU; undefined: not known, or there is none. */
  readonly gpuBytes: number | undefined;
  /** Of all GPUs together, with what others use of them; 0: there is none; undefined: not known. */
  readonly gpuTotalBytes: number | undefined;
  /** Why the load of each model failed that is not tried again. */
  readonly failed: ReadonlyMap<string, string>;
  /** When each model was last asked, monotonic milliseconds; of this process's life only. */
  readonly usedAt: ReadonlyMap<string, number>;
  readonly waiting: number;
  readonly running: number;
};

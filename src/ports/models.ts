import type { ModelOptions } from '../path/job.ts';

/** A model on the server's disk (/api/tags). */
export type Installed = {
  /** Name with tag, normalised: `llama3:latest`. */
  readonly tag: string;
  readonly digest: string;
  /** On disk. */
  readonly sizeBytes: number;
  readonly modifiedAt: string;
  /** `completion`, `vision`, `thinking`, `tools`, `embedding` …; undefined where the server does not say. */
  readonly capabilities?: readonly string[];
  /** Ollama only passes it on to another host. */
  readonly remote?: true;
};

/** The numbers of a model's network that its memory follows from. */
export type Architecture = {
  readonly layers: number;
  readonly heads: number;
  /** Heads that keep keys and values, of all layers together. */
  readonly kvHeads: number;
  readonly embeddingLength: number;
};

/** What /api/show adds. */
export type ModelDetails = {
  readonly capabilities: readonly string[];
  /** The context that the model was trained for, in tokens. */
  readonly trainedContext?: number;
  /** Left out where the server does not say all of it. */
  readonly architecture?: Architecture;
  /** Where its weights lie on the server's disk; left out where it does not say. */
  readonly file?: string;
  /** The model's own defaults, such as its temperature. */
  readonly parameters: Readonly<Record<string, string>>;
};

/** A model in memory (/api/ps). */
export type Resident = {
  readonly tag: string;
  readonly digest: string;
  readonly sizeBytes: number;
  /** The part of `sizeBytes` that is on the GPU. */
  readonly vramBytes: number;
  /** Milliseconds since 1970; stale while the model is busy; null: never. */
  readonly expiresAt: number | null;
  /** In tokens; undefined on servers that do not say. */
  readonly contextLength?: number;
};

/** How far a download is. */
export type PullProgress = {
  /** As Ollama says it: `pulling manifest`, `verifying sha256 digest`, … `success`. */
  readonly status: string;
  /** Of the file that is downloaded now. */
  readonly completedBytes?: number;
  readonly totalBytes?: number;
};

/** Ollama's keep_alive: a duration such as `30m`, or seconds; negative: for ever. */
export type KeepAlive = string | number;

/** What Ostler asks of a model server. Every method throws an OstlerError. */
export type ModelServer = {
  version(signal: AbortSignal): Promise<string>;
  list(signal: AbortSignal): Promise<readonly Installed[]>;
  show(tag: string, signal: AbortSignal): Promise<ModelDetails>;
  loaded(signal: AbortSignal): Promise<readonly Resident[]>;
  /** Resolves once the model is in memory. Aborting the signal aborts the load. */
  load(
    tag: string,
    settings: { keepAlive: KeepAlive; options: ModelOptions },
    signal: AbortSignal,
  ): Promise<void>;
  /** Says how long a model that is in memory stays there. One that is not would be loaded, as by `load`. */
  keep(
    tag: string,
    settings: { keepAlive: KeepAlive; options: ModelOptions },
    signal: AbortSignal,
  ): Promise<void>;
  /** Downloads a model; aborting the signal ends it, and what was downloaded is used the next time. */
  pull(tag: string, signal: AbortSignal): AsyncIterable<PullProgress>;
  /** Asks for the unload; the model is gone once `loaded` no longer shows it. */
  unload(tag: string, signal: AbortSignal): Promise<void>;
};

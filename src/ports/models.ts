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

/** What /api/show adds. */
export type ModelDetails = {
  readonly capabilities: readonly string[];
  /** The context that the model was trained for, in tokens. */
  readonly trainedContext?: number;
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
  /** Asks for the unload; the model is gone once `loaded` no longer shows it. */
  unload(tag: string, signal: AbortSignal): Promise<void>;
};

import type { Routing } from '../path/route.ts';
import type { Installed } from '../ports/models.ts';
import type { NamedModel } from './catalogue.ts';
import type { KeepAlivePolicy } from './keep-alive.ts';
import type { ModelInMemory } from './schedule.ts';

/** What the loop takes from the configuration. */
export type Settings = {
  readonly routing: Routing;
  readonly models: readonly NamedModel[];
  readonly policy: KeepAlivePolicy;
  readonly parallel: number;
  readonly maxRetries: number;
  readonly loadLimitMs: number;
};

/** A model in memory as people may see it. */
export type ModelSeen = ModelInMemory & {
  /**
   * When Ollama unloads it, in milliseconds since 1970; stale while it answers; null: never. Only where Ollama
   * has shown it.
   */
  readonly expiresAt?: number | null;
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
  /** Why each model's last load failed. */
  readonly failed: ReadonlyMap<string, string>;
  readonly waiting: number;
  readonly running: number;
};

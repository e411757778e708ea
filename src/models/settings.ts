import type { Routing } from '../path/route.ts';
import type { NamedModel } from './catalogue.ts';
import type { KeepAlivePolicy } from './keep-alive.ts';

/** What the loop takes from the configuration. */
export type Settings = {
  readonly routing: Routing;
  readonly models: readonly NamedModel[];
  readonly policy: KeepAlivePolicy;
  readonly parallel: number;
  /** `vramBytes`: what the models may fill on the GPU; null: it is asked. */
  readonly memory: { readonly vramBytes: number | null; readonly allowSpill: boolean };
  /** Whether files may be read ahead of their loads. */
  readonly staging: boolean;
  /** Nothing leaves the memory for a question before its person agreed. */
  readonly asksFirst: boolean;
  /** Which models stay in memory, or come back to it. Tags. */
  readonly stay: {
    readonly pinned: readonly string[];
    readonly preserved: readonly string[];
    readonly preload: readonly string[];
    readonly default: string | undefined;
    /** With nothing to do for so long the default model comes back; null: never. */
    readonly returnAfterMs: number | null;
  };
  readonly maxRetries: number;
  readonly loadLimitMs: number;
};

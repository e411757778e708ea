import type { Disk } from './disk.ts';
import type { Generate } from './generation.ts';
import type { Reply } from './http.ts';
import type { ModelSpec } from './model-spec.ts';
import type { Pace } from './pace.ts';
import type { Residency } from './residency.ts';
import type { Scheduler } from './scheduler.ts';

/** One request on its way through a route. */
export type Call = {
  readonly reply: Reply;
  readonly arrivedAtMs: number;
  /** Throws a 400 where the body is missing or broken. */
  body(): unknown;
};

/** What routes need of the server. */
export type Engine = {
  readonly disk: Disk;
  readonly residency: Residency;
  readonly scheduler: Scheduler;
  readonly generate: Generate;
  readonly pace: Pace;
  readonly catalogue: readonly ModelSpec[];
  /** num_ctx where nobody asked for one. */
  readonly defaultContext: number;
};

/** Throws an OllamaError, which becomes the answer. */
export type Route = (call: Call, engine: Engine) => Promise<void>;

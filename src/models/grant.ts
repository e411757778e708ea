import type { ModelOptions } from '../path/job.ts';
import type { Placement } from '../path/route.ts';
import type { KeepAlive } from '../ports/models.ts';

/** What a job may use: handed out when its turn has come. */
export type Grant = {
  readonly model: string;
  /** Options that Ollama would load it again for: those it is loaded with. */
  readonly options: ModelOptions;
  /** How long the model is to stay after this. */
  readonly keepAlive: KeepAlive;
  readonly digest: string;
  readonly capabilities: readonly string[];
  /** In tokens; undefined where the server does not say. */
  readonly contextLength: number | undefined;
  readonly simulated: boolean;
  readonly placement: Extract<Placement, { kind: 'model' }>;
};

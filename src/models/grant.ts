import type { Placement } from '../path/route.ts';

/** What a job may use: handed out when its turn has come. */
export type Grant = {
  readonly model: string;
  readonly digest: string;
  readonly capabilities: readonly string[];
  /** In tokens; undefined where the server does not say. */
  readonly contextLength: number | undefined;
  readonly simulated: boolean;
  readonly placement: Extract<Placement, { kind: 'model' }>;
};

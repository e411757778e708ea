import type { Tier } from './load-series.ts';

/** For whom a model is loaded: those who wait for an answer, whoever ordered it, or nobody yet. */
export type LoadReason = 'asked' | 'ordered' | 'wished';

/** A model on its way in. `forSeconds` counts from the beginning of its stage, or of the load. */
export type Move = {
  readonly model: string;
  readonly why: LoadReason;
  readonly stage: 'unloading' | 'loading' | 'initializing';
  readonly unloading: readonly string[];
  readonly forSeconds: number;
  /** How the load is expected to run. */
  readonly tier: Tier;
};

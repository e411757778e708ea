import type { Spill } from '../models/cpu-share.ts';
import type { Verdict } from '../models/verdict.ts';
import type { LoadCost } from './progress.ts';

/** A model as people see it. */
export type ModelView = {
  readonly tag: string;
  readonly aliases: readonly string[];
  readonly state: 'not_loaded' | 'loading' | 'ready' | 'in_use' | 'unloading' | 'failed';
  readonly reason?: string;
  readonly sizeBytes: number;
  /** Where a part of it is on the CPU although there is a GPU. */
  readonly spill?: Spill;
  /** Another program loaded it. */
  readonly byAnother?: true;
  /** It never makes room for another model. */
  readonly pinned?: true;
  /** When Ollama unloads it, in milliseconds since 1970; null: never. Only while it is in memory. */
  readonly expiresAt?: number | null;
  readonly capabilities: readonly string[];
};

export type StatusView = {
  readonly version: string;
  readonly ollama: { readonly url: string; readonly reachable: boolean; readonly detail: string };
  readonly waiting: number;
  readonly running: number;
  /** Where the models are simulated: every page and answer says so. */
  readonly simulated: boolean;
  /** Runs for one question of the terminal only, and ends with it. */
  readonly passing?: true;
  readonly models: readonly ModelView[];
};

/** Which model would answer a question now, and why. */
export type Foreseen = {
  readonly model: string;
  readonly reason: string;
  /** The pattern of the rule that matches, where a rule decides. */
  readonly rule?: string;
  /** Why it is another model than the one that was meant. */
  readonly notice?: string;
};

/** What a load would come to. `model`: its tag. */
export type Foresight = LoadCost & { readonly model: string; readonly verdict: Verdict };

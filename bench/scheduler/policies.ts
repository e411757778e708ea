import { fifo } from './fifo.ts';
import { llamaSwap } from './llama-swap.ts';
import { ollama } from './ollama.ts';
import { ostler } from './ostler.ts';
import type { OpenPolicy } from './policy.ts';

export const POLICIES = { ostler, fifo, ollama, 'llama-swap': llamaSwap } satisfies Record<
  string,
  OpenPolicy
>;

export type PolicyName = keyof typeof POLICIES;

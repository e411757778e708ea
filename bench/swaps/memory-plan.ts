import type { Trace } from '../scheduler/trace.ts';

/** What the models of a trace take of the GPU, in GB. */
export type MemoryPlan = { readonly vramGb: number; readonly needsGb: readonly number[] };

/** A loaded model takes this much more than its file, if it has no context to speak of (demo/ollama/memory.ts). */
const BUFFERS = { share: 0.02, gb: 0.0032 };

/**
 * A trace loads whatever fits; Ollama, and so Ostler, loads beside others only what fits into 80 % of what is free.
 * Where a trace's memory holds several models, others are used for which exactly the same sets fit, whichever of them
 * comes last and whether their needs are predicted or were measured.
 */
const PLANS: Readonly<Record<string, MemoryPlan>> = {
  T5: { vramGb: 40, needsGb: [12, 18, 8.5, 22, 8.5, 15] },
};

export function memoryPlan(family: string, { vramGb, models }: Trace): MemoryPlan {
  return PLANS[family] ?? { vramGb, needsGb: models.map(({ gb }) => leastNeedGb(gb)) };
}

/** Files are as large as in the trace; what is to be taken beyond that is context. */
export function contextGb(needGb: number, fileGb: number): number {
  return Math.max(0, needGb - leastNeedGb(fileGb));
}

function leastNeedGb(fileGb: number): number {
  return fileGb * (1 + BUFFERS.share) + BUFFERS.gb;
}

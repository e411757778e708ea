import { describeGigabytes, describeShare } from '../chat/describe-amount.ts';
import type { Resident } from '../ports/models.ts';
import type { Verdict } from './verdict.ts';

type Sizes = Pick<Resident, 'sizeBytes' | 'vramBytes'>;

/** What is slow about a model, and what can be done. */
type SpillNote = { readonly message: string; readonly hint: string };

/**
 * The share of a loaded model that is on the CPU although there is a GPU. On a server that shows none for any model
 * nothing is missing: 0. `gpuBytes`: of all GPUs; 0: there is none; undefined: not known.
 */
export function cpuShare(
  { sizeBytes, vramBytes }: Sizes,
  residents: readonly Sizes[],
  gpuBytes: number | undefined,
): number {
  const hasGpu = (gpuBytes ?? 0) > 0 || residents.some((resident) => resident.vramBytes > 0);
  return hasGpu && sizeBytes > 0 ? Math.max(0, 1 - vramBytes / sizeBytes) : 0;
}

/** Of a model that is in memory; undefined where no part of it is on the CPU. */
export function describeCpuShare({ sizeBytes, vramBytes }: Sizes, share: number): SpillNote | undefined {
  if (share <= 0) return undefined;
  return {
    message: `${describeShare(share)} on the CPU`,
    hint: `Of ${describeGigabytes(sizeBytes)} the GPU holds ${describeGigabytes(vramBytes)}, and the rest slows it down. A smaller num_ctx, a smaller model or fewer models at once help.`,
  };
}

/** Before a load, of a model that the GPU alone will not hold. */
export function describeSpill(tag: string, verdict: Extract<Verdict, { kind: 'spills' }>): SpillNote {
  const sure = verdict.basis === 'measured' ? 'will' : 'may';
  return {
    message: `About ${describeShare(verdict.cpuShare)} of ${tag} ${sure} be on the CPU, which makes it slow.`,
    hint: 'A smaller num_ctx or a smaller model avoids that; llm.memory.allow_spill: false refuses it.',
  };
}

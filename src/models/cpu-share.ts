import { describeGigabytes, describeShare } from '../chat/describe-amount.ts';
import type { Resident } from '../ports/models.ts';
import type { Verdict } from './verdict.ts';

type Sizes = Pick<Resident, 'sizeBytes' | 'vramBytes'>;

/** A loaded model of which a part is on the CPU although there is a GPU: `share` of it, 0–1. */
export type Spill = Sizes & { readonly share: number };

/** What is slow about a model, and what can be done. */
type SpillNote = { readonly message: string; readonly hint: string };

/**
 * Undefined where no part of a loaded model is on the CPU; on a server that shows no GPU for any model nothing is
 * missing. `gpuBytes`: of all GPUs; 0: there is none; undefined: not known.
 */
export function spillOf(
  { sizeBytes, vramBytes }: Sizes,
  residents: readonly Sizes[],
  gpuBytes: number | undefined,
): Spill | undefined {
  const hasGpu = (gpuBytes ?? 0) > 0 || residents.some((resident) => resident.vramBytes > 0);
  const share = hasGpu && sizeBytes > 0 ? 1 - vramBytes / sizeBytes : 0;
  return share > 0 ? { sizeBytes, vramBytes, share } : undefined;
}

/** In a word, beside the model's name. */
export function nameSpill({ share }: Spill): string {
  return `${describeShare(share)} on the CPU`;
}

/** Of a model that is in memory. */
export function describeLoadedSpill(tag: string, spill: Spill): SpillNote {
  const { sizeBytes, vramBytes } = spill;
  const held = `Of ${describeGigabytes(sizeBytes)} the GPU holds ${describeGigabytes(vramBytes)}`;
  return {
    message: `${tag} is slow: ${nameSpill(spill)}.`,
    hint: `${held}. A smaller num_ctx, a smaller model or fewer models at once help.`,
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

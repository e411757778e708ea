import type { GpuMemory } from '../ports/gpu.ts';
import type { Resident } from '../ports/models.ts';

/**
 * What models may fill of the GPU, in bytes: all but what is not theirs, such as a desktop's windows. To be asked only
 * while nothing moves: memory that was just given back counts as somebody else's for about a second.
 */
export function gpuRoom(
  { totalBytes, usedBytes }: Pick<GpuMemory, 'totalBytes' | 'usedBytes'>,
  residents: readonly Pick<Resident, 'vramBytes'>[],
): number {
  const ours = residents.reduce((sum, { vramBytes }) => sum + vramBytes, 0);
  return totalBytes - Math.max(0, usedBytes - ours);
}

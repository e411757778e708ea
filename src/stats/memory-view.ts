import type { LoadCost, Progress } from '../chat/progress.ts';
import type { ServerView } from '../models/server-view.ts';

/** Bytes of all GPUs together: those that are in use, by models or by others, and those that a model may still take. */
export type GpuView = {
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
};

/** What models take of the memory. */
export type MemoryView = {
  /** Null: not known, or there is none. */
  readonly gpu: GpuView | null;
  /** What is on the GPU of each model in memory, by tag. In bytes. */
  readonly inGpuBytes: ReadonlyMap<string, number>;
  /** What a load of each installed model takes, by tag. */
  readonly costs: ReadonlyMap<string, LoadCost>;
  /** What is told of the load that is under way. */
  readonly loading: Progress | undefined;
};

export function memoryOf(
  { models, gpuBytes, gpuTotalBytes }: Pick<ServerView, 'models' | 'gpuBytes' | 'gpuTotalBytes'>,
  costs: MemoryView['costs'],
  loading: Progress | undefined,
): MemoryView {
  const inGpuBytes = new Map(models.map(({ tag, vramBytes }) => [tag, vramBytes]));
  return { gpu: gpuOf(gpuBytes, gpuTotalBytes, [...inGpuBytes.values()]), inGpuBytes, costs, loading };
}

/** `roomBytes`: what models may fill of the total. */
function gpuOf(
  roomBytes: number | undefined,
  totalBytes: number | undefined,
  ours: readonly number[],
): GpuView | null {
  if (roomBytes === undefined || totalBytes === undefined) return null;
  const used = totalBytes - roomBytes + ours.reduce((sum, bytes) => sum + bytes, 0);
  const usedBytes = Math.min(totalBytes, used);
  return { totalBytes, usedBytes, availableBytes: totalBytes - usedBytes };
}

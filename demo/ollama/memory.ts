import type { SimulatedModel } from './models.ts';

export const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
/** With anything loaded, a model has to fit into this part of what is free. */
export const FIT_SHARE = 0.8;
/** Compute buffers of a runner: a part of its file and a floor. */
const BUFFER_SHARE = 0.02;
const BUFFER_FLOOR_BYTES = 3_200_000;
const BYTES_PER_VALUE = 2;
/** What is left of the speed where a layer is on the CPU. */
const CPU_SPEED_SHARE = 0.08;

/** Keys and values of `slots` contexts of that many tokens. */
function cacheBytes(model: SimulatedModel, contextTokens: number, slots: number): number {
  const perToken =
    2 * model.layers * model.kvHeads * Math.floor(model.embeddingLength / model.heads) * BYTES_PER_VALUE;
  return perToken * contextTokens * slots;
}

/** What the scheduler predicts before it loads (server/sched.go). */
export function predictedBytes(model: SimulatedModel, contextTokens: number, slots: number): number {
  const surcharge = contextTokens > 32_768 ? 2 * GIB : contextTokens > 4_096 ? 768 * MIB : 0;
  return model.sizeBytes + cacheBytes(model, contextTokens, slots) + surcharge;
}

/** What the loaded model takes and /api/ps calls `size`. */
export function neededBytes(model: SimulatedModel, contextTokens: number, slots: number): number {
  const buffers = Math.round(model.sizeBytes * BUFFER_SHARE) + BUFFER_FLOOR_BYTES;
  return model.sizeBytes + cacheBytes(model, contextTokens, slots) + buffers;
}

/** num_ctx where nobody asked for one: by total VRAM. */
export function defaultContext(vramBytes: number): number {
  if (vramBytes >= 47 * GIB) return 262_144;
  return vramBytes >= 23 * GIB ? 32_768 : 4_096;
}

/** Whole layers go to the GPU as far as there is room; without a GPU: 0. */
export function bytesOnGpu(model: SimulatedModel, needBytes: number, freeBytes: number): number {
  if (needBytes <= freeBytes) return needBytes;
  const layers = Math.floor((Math.max(0, freeBytes) / needBytes) * model.layers);
  return Math.floor((needBytes / model.layers) * layers);
}

/** Layers on the CPU slow every token down. */
export function tokensPerSecond(model: SimulatedModel, gpuBytes: number, cpuBytes: number): number {
  const cpuShare = cpuBytes / (gpuBytes + cpuBytes);
  return model.tokensPerSecond / (1 - cpuShare + cpuShare / CPU_SPEED_SHARE);
}

/** Bytes in use on one device. What is given back may stay in use for a while. */
export type Ledger = {
  freeBytes(): number;
  take(bytes: number): Taken;
};

export type Taken = { readonly bytes: number; giveBack(): void };

export function createLedger(totalBytes: number): Ledger {
  const inUse = new Set<Taken>();
  return {
    freeBytes: () => totalBytes - [...inUse].reduce((sum, taken) => sum + taken.bytes, 0),
    take(bytes) {
      const taken: Taken = { bytes, giveBack: () => inUse.delete(taken) };
      inUse.add(taken);
      return taken;
    },
  };
}

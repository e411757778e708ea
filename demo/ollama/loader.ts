import { failedLoad, type LoadFailure } from './errors.ts';
import type { Faults } from './faults.ts';
import { bytesOnGpu, type Ledger, neededBytes, type Taken } from './memory.ts';
import type { SimulatedModel } from './models.ts';
import type { Pace } from './pace.ts';
import type { PageCache } from './page-cache.ts';

/** A llama-server process is there after this, and looks at how much memory is free. */
const ENGINE_START_SECONDS = 0.25;
const ENGINE_START_SHARE = 0.25;
/** An NVMe disk and the way from RAM to the GPU: a 20 GB model takes 25 s and 1.6 s. */
const DISK_BYTES_PER_SECOND = 0.8e9;
const RAM_BYTES_PER_SECOND = 15e9;
/** How far a load has come when it fails. */
const FAILING_SHARE = 0.5;

export type LoadPlan = {
  readonly contextTokens: number;
  readonly slots: number;
  /** Makes this load fail. */
  readonly failure: LoadFailure | undefined;
};

export type LoadedMemory = { readonly gpu: Taken; readonly cpu: Taken };

/** Throws an OllamaError, or the signal's reason when it aborts. */
export type Load = (model: SimulatedModel, plan: LoadPlan, signal: AbortSignal) => Promise<LoadedMemory>;

export function createLoader(parts: {
  readonly gpu: Ledger;
  readonly cpu: Ledger;
  readonly cache: PageCache;
  readonly pace: Pace;
  readonly faults: Faults;
  /** The memory of a load that came to nothing. */
  readonly giveBack: (tag: string, memory: LoadedMemory) => void;
}): Load {
  const { gpu, cpu, cache, pace, faults, giveBack } = parts;

  const allocate = (model: SimulatedModel, plan: LoadPlan): LoadedMemory => {
    const needBytes = neededBytes(model, plan.contextTokens, plan.slots);
    const gpuBytes = bytesOnGpu(model, needBytes, gpu.freeBytes());
    if (needBytes - gpuBytes > cpu.freeBytes()) throw failedLoad('out-of-memory');
    return { gpu: gpu.take(gpuBytes), cpu: cpu.take(needBytes - gpuBytes) };
  };

  return async (model, plan, signal) => {
    const share = cache.shareOf(model.blob);
    const seconds = loadSeconds(model, false) - share * stagingSeconds(model);
    const startSeconds = Math.min(ENGINE_START_SECONDS, seconds * ENGINE_START_SHARE);
    await pace.sleep(startSeconds, signal);
    await faults.takeHold('load', model.tag)?.wait(signal);
    const memory = allocate(model, plan);
    try {
      await pace.sleep((seconds - startSeconds) * (plan.failure ? FAILING_SHARE : 1), signal);
      if (plan.failure) throw failedLoad(plan.failure);
    } catch (error) {
      giveBack(model.tag, memory);
      throw error;
    }
    cache.read(model.blob, model.sizeBytes);
    return memory;
  };
}

/** Reading the file into the page cache: what a warm load saves. */
export function stagingSeconds(model: SimulatedModel): number {
  return Math.max(0, loadSeconds(model, false) - loadSeconds(model, true));
}

/** The whole load, from the disk or from the page cache. */
function loadSeconds(model: SimulatedModel, cached: boolean): number {
  const fixed = cached ? model.warmSeconds : model.coldSeconds;
  const bytesPerSecond = cached ? RAM_BYTES_PER_SECOND : DISK_BYTES_PER_SECOND;
  return fixed ?? ENGINE_START_SECONDS + model.sizeBytes / bytesPerSecond;
}

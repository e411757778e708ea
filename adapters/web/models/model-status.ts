import type { LoadCost } from '../../../src/chat/progress.ts';
import type { ModelView, StatusView } from '../../../src/chat/status-view.ts';
import type { GpuView, MemoryView } from '../../../src/stats/memory-view.ts';
import { gigabytes } from './gigabytes.ts';

/** A model as programs are told of it. What is not known is left out. */
type ModelStatus = {
  readonly status: 'stopped' | 'loading' | 'running' | 'unloading' | 'failed';
  /** `unhealthy`: its last load failed, or Ollama does not answer. */
  readonly health: 'healthy' | 'unhealthy';
  /** Why it is unhealthy. */
  readonly reason?: string;
  readonly size_gb: number;
  /** Another program loaded it. */
  readonly loaded_by_another?: true;
  /** While it is in memory. */
  readonly gpu_memory_used_gb?: number;
  /** While it is not. */
  readonly gpu_memory_required_gb?: number;
  /** 0–100; of a load as far as it is estimated, then at most 90. */
  readonly load_progress?: number;
  readonly estimated_load_time_seconds?: number;
};

/** The answer to `GET /v1/models/status`. Gigabytes are decimal. */
export type ModelsStatus = {
  /** By tag. */
  readonly models: Readonly<Record<string, ModelStatus>>;
  /** Null where the memory of the GPU is not known, and where there is none. */
  readonly gpu: {
    readonly total_memory_gb: number;
    readonly used_memory_gb: number;
    readonly available_memory_gb: number;
  } | null;
};

const STATUS_OF: Readonly<Record<ModelView['state'], ModelStatus['status']>> = {
  not_loaded: 'stopped',
  loading: 'loading',
  ready: 'running',
  in_use: 'running',
  unloading: 'unloading',
  failed: 'failed',
};

export function modelsStatusOf({ models, ollama }: StatusView, memory: MemoryView): ModelsStatus {
  const away = ollama.reachable ? undefined : ollama.detail;
  return {
    models: Object.fromEntries(models.map((model) => [model.tag, modelStatusOf(model, memory, away)])),
    gpu: memory.gpu && gpuOf(memory.gpu),
  };
}

function modelStatusOf(model: ModelView, memory: MemoryView, away: string | undefined): ModelStatus {
  const { tag, state, sizeBytes, byAnother } = model;
  const reason = model.reason ?? away;
  const isThere = STATUS_OF[state] === 'running' || state === 'unloading';
  const cost = memory.costs.get(tag);
  const progress = loadProgressOf(model, memory);
  return {
    status: STATUS_OF[state],
    health: reason === undefined ? 'healthy' : 'unhealthy',
    ...(reason !== undefined && { reason }),
    size_gb: gigabytes(sizeBytes),
    ...(byAnother && { loaded_by_another: true }),
    ...(isThere ? { gpu_memory_used_gb: gigabytes(memory.inGpuBytes.get(tag) ?? 0) } : requiredOf(cost)),
    ...(progress !== undefined && { load_progress: progress }),
    ...(cost && cost.aboutSeconds > 0 && { estimated_load_time_seconds: cost.aboutSeconds }),
  };
}

function requiredOf(cost: LoadCost | undefined): Pick<ModelStatus, 'gpu_memory_required_gb'> {
  return cost && cost.needBytes > 0 ? { gpu_memory_required_gb: gigabytes(cost.needBytes) } : {};
}

function loadProgressOf({ tag, state }: ModelView, { loading }: MemoryView): number | undefined {
  if (STATUS_OF[state] === 'running') return 100;
  const isLoading = loading?.stage === 'loading' || loading?.stage === 'initializing';
  if (!isLoading || loading.model !== tag || loading.share === undefined) return undefined;
  return Math.round(loading.share * 100);
}

function gpuOf({ totalBytes, usedBytes, availableBytes }: GpuView): NonNullable<ModelsStatus['gpu']> {
  return {
    total_memory_gb: gigabytes(totalBytes),
    used_memory_gb: gigabytes(usedBytes),
    available_memory_gb: gigabytes(availableBytes),
  };
}

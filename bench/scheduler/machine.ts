import { createDisk, type Disk } from './disk.ts';
import { createGpu } from './gpu.ts';
import { type Answered, type Model, type Move, SAME_MOMENT_MS, type Waiting } from './machine-state.ts';
import type { Trace, TraceModel } from './trace.ts';

const BYTES_PER_GB = 1e9;

type Loading = { readonly model: Model; readonly endsAt: number };

/** What a policy sees of the machine, and may do to it. What is against its rules throws. */
export type Machine = {
  readonly now: number;
  readonly models: readonly Model[];
  readonly vramBytes: number;
  /** 0: every load is a cold one. */
  readonly cacheBytes: number;
  /** In order of eligibility. */
  readonly waiting: readonly Waiting[];
  /** There is one load at a time; answers go on beside it. */
  readonly isLoading: boolean;
  readonly disk: Pick<Disk, 'files' | 'staging' | 'isBusy'>;
  freeBytes(): number;
  start(job: Waiting): void;
  /** Takes no time. The model must be idle. */
  evict(model: Model): void;
  load(model: Model): void;
  stage(model: Model): void;
  /** Asks for a decision at that moment even if nothing happens. */
  wake(at: number): void;
};

/** The machine as the simulation drives it. */
export type DrivenMachine = Machine & {
  readonly loads: readonly Move[];
  readonly evictions: readonly Move[];
  offer(job: Waiting): void;
  /** Infinity: nothing happens any more. */
  nextAt(): number;
  advance(at: number): { readonly ended: readonly Answered[]; readonly loaded: Model | undefined };
};

type Live = { -readonly [Key in keyof Model]: Model[Key] };

export function createMachine(trace: Trace): DrivenMachine {
  const live = trace.models.map(toLive);
  const gpu = createGpu(live.length);
  const vramBytes = toBytes(trace.vramGb);
  const cacheBytes = toBytes(trace.ramGb);
  const disk = createDisk(cacheBytes);
  const waiting: Waiting[] = [];
  const loads: Move[] = [];
  const evictions: Move[] = [];
  let now = 0;
  let loading: Loading | undefined;
  let wakeAt = Number.POSITIVE_INFINITY;

  function change({ index }: Model): Live {
    const model = live[index];
    if (!model) throw new Error(`There is no model ${index}.`);
    return model;
  }

  function freeBytes(): number {
    return live.reduce(
      (free, { state, sizeBytes }) => free - (state === 'not_loaded' ? 0 : sizeBytes),
      vramBytes,
    );
  }

  function endLoad(): Model | undefined {
    if (!loading || loading.endsAt > now + SAME_MOMENT_MS) return undefined;
    const { model } = loading;
    Object.assign(change(model), { state: 'ready', readyAt: now, lastUsedAt: now });
    disk.endLoad();
    loading = undefined;
    return model;
  }

  return {
    get now() {
      return now;
    },
    get isLoading() {
      return loading !== undefined;
    },
    models: live,
    vramBytes,
    cacheBytes,
    waiting,
    disk,
    loads,
    evictions,
    freeBytes,

    start(job) {
      const model = change(job.model);
      const at = waiting.indexOf(job);
      if (model.state !== 'ready' || model.running >= model.slots || at < 0)
        throw new Error('It cannot start.');
      waiting.splice(at, 1);
      model.running += 1;
      model.lastUsedAt = now;
      gpu.begin(job, now);
    },

    evict(model) {
      if (model.state !== 'ready' || model.running > 0) throw new Error('It cannot leave the memory.');
      change(model).state = 'not_loaded';
      evictions.push({ at: now, model });
    },

    load(model) {
      if (loading || model.state !== 'not_loaded' || model.sizeBytes > freeBytes())
        throw new Error('It cannot be loaded.');
      change(model).state = 'loading';
      loading = { model, endsAt: now + disk.beginLoad(model, now) };
      loads.push({ at: now, model });
    },

    stage: (model) => disk.stage(model, now),

    wake(at) {
      if (at > now) wakeAt = Math.min(wakeAt, at);
    },

    offer: (job) => void waiting.push(job),

    nextAt: () =>
      Math.min(wakeAt, disk.nextAt(), loading?.endsAt ?? Number.POSITIVE_INFINITY, gpu.nextAt(now)),

    advance(at) {
      const ms = at - now;
      now = at;
      if (wakeAt <= now) wakeAt = Number.POSITIVE_INFINITY;
      const ended = gpu.write(ms, now);
      for (const { model } of ended) {
        change(model).running -= 1;
        change(model).lastUsedAt = now;
      }
      disk.advance(now);
      return { ended, loaded: endLoad() };
    },
  };
}

function toLive({ gb, coldSeconds, warmSeconds, parallel }: TraceModel, index: number): Live {
  return {
    index,
    tag: String(index),
    sizeBytes: toBytes(gb),
    coldMs: coldSeconds * 1_000,
    warmMs: warmSeconds * 1_000,
    slots: parallel,
    state: 'not_loaded',
    running: 0,
    readyAt: -1,
    lastUsedAt: -1,
  };
}

const toBytes = (gb: number): number => Math.round(gb * BYTES_PER_GB);

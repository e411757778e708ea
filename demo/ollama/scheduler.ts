import { type Candidate, decide } from './decide.ts';
import { canceled, OllamaError, queueFull } from './errors.ts';
import type { Events } from './events.ts';
import type { Faults } from './faults.ts';
import type { Load, LoadedMemory, LoadPlan } from './loader.ts';
import { predictedBytes } from './memory.ts';
import type { SimulatedModel } from './models.ts';
import type { Residency } from './residency.ts';
import type { Resident } from './resident.ts';
import type { Runner } from './runner-options.ts';
import { createSlots } from './slots.ts';

/** What an out-of-memory load with an automatic context is tried again with. */
const LOWER_CONTEXT_TOKENS = 4_096;

export type Want = {
  readonly model: SimulatedModel;
  readonly runner: Runner;
  /** Undefined: the loaded runner keeps its setting. */
  readonly keepAliveMs: number | undefined;
};

/** A loaded model that stays until `release`. */
export type Lease = { readonly resident: Resident; release(): void };

type Waiting = {
  readonly want: Want;
  readonly signal: AbortSignal;
  readonly grant: (lease: Lease) => void;
  readonly refuse: (error: unknown) => void;
};

export type Limits = {
  readonly parallel: number;
  readonly maxLoaded: number;
  readonly maxQueue: number;
  readonly keepAliveMs: number;
};

export type Scheduler = {
  /** Throws an OllamaError; 499 when the signal aborts. */
  acquire(want: Want, signal: AbortSignal): Promise<Lease>;
  loading(): number;
  /** Requests that wait for a load, with the one that is being served. */
  queued(): number;
};

/** Ollama's scheduler (server/sched.go): what is loaded goes ahead, all else is a strict queue with one head. */
export function createScheduler(parts: {
  readonly limits: Limits;
  readonly residency: Residency;
  readonly load: Load;
  /** Where models go first: the GPU, or RAM on a machine without one. */
  readonly freeBytes: () => number;
  readonly faults: Faults;
  readonly events: Events;
  readonly cached: (model: SimulatedModel) => boolean;
}): Scheduler {
  const { limits, residency, load, freeBytes, faults, events, cached } = parts;
  const queue: Waiting[] = [];
  let head: Waiting | undefined;
  let loading = 0;
  let unloaded = Promise.withResolvers<void>();
  residency.onUnloaded(() => {
    unloaded.resolve();
    unloaded = Promise.withResolvers();
  });

  /** Where nobody wished for a context, any will do (server/sched.go, needsReload). */
  const isUsable = ({ stopping, dead, runner: loaded, contextTokens }: Resident, { runner }: Want) =>
    !stopping &&
    !dead &&
    loaded.key === runner.key &&
    (contextTokens === runner.contextTokens || (loaded.contextIsAutomatic && runner.contextIsAutomatic));

  const use = (resident: Resident, want: Want): Lease => ({
    resident,
    release: residency.hold(resident, want.keepAliveMs),
  });

  const keep = (want: Want, contextTokens: number, memory: LoadedMemory): Resident => {
    const resident: Resident = {
      model: want.model,
      runner: want.runner,
      contextTokens,
      memory,
      slots: createSlots(limits.parallel),
      keepAliveMs: want.keepAliveMs ?? limits.keepAliveMs,
      expiresAtMs: undefined,
      references: 0,
      stopping: false,
      dead: false,
      stopTimer: () => undefined,
    };
    residency.add(resident);
    return resident;
  };

  const tryLoad = async (
    waiting: Waiting,
    contextTokens: number,
    failure: LoadPlan['failure'],
  ): Promise<Lease> => {
    const { want, signal } = waiting;
    const { tag } = want.model;
    loading += 1;
    events.emit({ type: 'load-begin', model: tag, from: cached(want.model) ? 'page-cache' : 'disk' });
    try {
      const memory = await load(want.model, { contextTokens, slots: limits.parallel, failure }, signal);
      const lease = use(keep(want, contextTokens, memory), want);
      loading -= 1;
      events.emit({ type: 'load-end', model: tag, outcome: 'loaded' });
      return lease;
    } catch (error) {
      loading -= 1;
      events.emit({ type: 'load-end', model: tag, outcome: signal.aborted ? 'aborted' : 'failed' });
      throw error;
    }
  };

  /** Out of memory is tried once more: with a lower automatic context, or with everything else evicted. */
  const loadWithRetry = async (waiting: Waiting): Promise<Lease> => {
    const { model, runner } = waiting.want;
    const fault = faults.take(['load-fails'], model.tag);
    try {
      return await tryLoad(waiting, runner.contextTokens, fault?.how);
    } catch (error) {
      const outOfMemory = error instanceof OllamaError && error.message.includes('out-of-memory');
      const lower = runner.contextIsAutomatic && runner.contextTokens > LOWER_CONTEXT_TOKENS;
      if (!outOfMemory || (!lower && residency.all().length === 0)) throw error;
      if (!lower) await evictAll();
      const contextTokens = lower ? LOWER_CONTEXT_TOKENS : runner.contextTokens;
      return await tryLoad(waiting, contextTokens, fault?.attempts === 1 ? undefined : fault?.how);
    }
  };

  const evictAll = async (): Promise<void> => {
    while (residency.all().length > 0) {
      const { promise } = unloaded;
      for (const resident of residency.all()) residency.expire(resident, false);
      await promise;
    }
  };

  const serve = async (waiting: Waiting): Promise<void> => {
    const { want, signal, grant } = waiting;
    const { model, runner } = want;
    while (!signal.aborted) {
      const own = residency.get(model);
      const step = decide({
        loaded: residency.all().map(toCandidate),
        own: { blob: model.blob, usable: own !== undefined && isUsable(own, want) },
        maxLoaded: limits.maxLoaded,
        predictedBytes: predictedBytes(model, runner.contextTokens, limits.parallel),
        freeBytes: freeBytes(),
      });
      if (step.type === 'load') return grant(await loadWithRetry(waiting));
      if (step.type === 'use' && own) return grant(use(own, want));
      // A head that was aborted still waits here, as in Ollama: nobody overtakes it.
      const { promise } = unloaded;
      const victim = step.type === 'evict' ? residency.get(step) : undefined;
      if (victim) residency.expire(victim, false);
      await promise;
    }
  };

  const drain = async (): Promise<void> => {
    if (head) return;
    for (head = queue.shift(); head; head = queue.shift()) await serve(head).catch(head.refuse);
  };

  return {
    loading: () => loading,
    queued: () => queue.length + (head ? 1 : 0),
    acquire: (want, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(canceled());
        if (faults.take(['busy'], want.model.tag)) return reject(queueFull());
        const resident = residency.get(want.model);
        if (resident && isUsable(resident, want)) return resolve(use(resident, want));
        if (head && queue.length >= limits.maxQueue) return reject(queueFull());
        const refuse = (error: unknown) => reject(signal.aborted ? canceled() : error);
        const leave = () => reject(canceled());
        const grant = (lease: Lease) => {
          signal.removeEventListener('abort', leave);
          if (signal.aborted) lease.release();
          else resolve(lease);
        };
        signal.addEventListener('abort', leave, { once: true });
        queue.push({ want, signal, grant, refuse });
        void drain();
      }),
  };
}

function toCandidate({ model, keepAliveMs, references, stopping }: Resident): Candidate {
  return { blob: model.blob, keepAliveMs, references, stopping };
}

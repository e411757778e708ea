import { FOREVER_MS } from './keep-alive.ts';
import type { Taken } from './memory.ts';
import type { SimulatedModel } from './models.ts';
import { wallNow } from './pace.ts';
import type { Runner } from './runner-options.ts';
import type { Slots } from './slots.ts';

const LONGEST_TIMER_MS = 2_147_483_647;

/** A model in memory. Only the scheduler writes to it. */
export type Resident = {
  readonly model: SimulatedModel;
  readonly runner: Runner;
  /** Less than that of its runner where memory was short. */
  readonly contextTokens: number;
  readonly memory: { readonly gpu: Taken; readonly cpu: Taken };
  readonly slots: Slots;
  keepAliveMs: number;
  /** Milliseconds since 1970; undefined until the model was idle for the first time. */
  expiresAtMs: number | undefined;
  references: number;
  stopping: boolean;
  /** The engine process is gone: the next request finds out and loads again. */
  dead: boolean;
  stopTimer: () => void;
};

/** A loaded model for tests and /api/ps. */
export type ResidentView = {
  readonly tag: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly vramBytes: number;
  readonly contextTokens: number;
  /** The setting; null: forever. */
  readonly keepAliveSeconds: number | null;
  /** Milliseconds since 1970. Stale while the model is busy. */
  readonly expiresAtMs: number;
  /** Requests that hold the model, waiting for a slot or generating. */
  readonly references: number;
  /** Its process is being ended. */
  readonly stopping: boolean;
};

export function viewResident(resident: Resident): ResidentView {
  const { model, memory, contextTokens, keepAliveMs, expiresAtMs, references, stopping } = resident;
  return {
    tag: model.tag,
    digest: model.digest,
    sizeBytes: memory.gpu.bytes + memory.cpu.bytes,
    vramBytes: memory.gpu.bytes,
    contextTokens,
    keepAliveSeconds: keepAliveMs >= FOREVER_MS ? null : keepAliveMs / 1_000,
    expiresAtMs: expiresAtMs ?? wallNow() + keepAliveMs,
    references,
    stopping,
  };
}

/** The model went idle: its time begins to run. `call` comes at its end; never for "forever". */
export function startExpiry(resident: Resident, call: () => void): void {
  resident.stopTimer();
  const endsAtMs = performance.now() + resident.keepAliveMs;
  resident.expiresAtMs = wallNow() + resident.keepAliveMs;
  if (resident.keepAliveMs >= FOREVER_MS) return;
  const arm = (): void => {
    const leftMs = endsAtMs - performance.now();
    const timer = setTimeout(
      () => (leftMs > LONGEST_TIMER_MS ? arm() : call()),
      Math.min(leftMs, LONGEST_TIMER_MS),
    );
    timer.unref();
    resident.stopTimer = () => clearTimeout(timer);
  };
  arm();
}

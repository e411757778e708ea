import type { Events } from './events.ts';
import type { LoadedMemory } from './loader.ts';
import type { SimulatedModel } from './models.ts';
import type { Pace } from './pace.ts';
import { wallNow } from './pace.ts';
import { type Resident, startExpiry } from './resident.ts';

/** Ending a process never takes longer. */
const LONGEST_STOP_SECONDS = 1;

/**
 * The models in memory: how they are held, expire and go. Each is known by the file of its weights, as in Ollama
 * (schedulerModelKey): one whose name was given to another file since is reached by no request any more.
 */
export type Residency = {
  get(model: Pick<SimulatedModel, 'blob'>): Resident | undefined;
  all(): readonly Resident[];
  add(resident: Resident): void;
  /** The request holds the model until the returned call. Its keep_alive stays; left out: the last one does. */
  hold(resident: Resident, keepAliveMs: number | undefined): () => void;
  /** Goes as soon as it is idle. `asked`: by a client, which /api/ps shows at once. */
  expire(resident: Resident, asked: boolean): void;
  /** Gives memory back after the lag; the returned promise resolves then. */
  giveBack(tag: string, memory: LoadedMemory): Promise<void>;
  /** Calls back after each unload, once its memory is free. */
  onUnloaded(call: () => void): void;
  /** The server's process died: everything is gone at once. */
  forget(): void;
};

export function createResidency(parts: {
  readonly pace: Pace;
  readonly events: Events;
  /** Simulated time between the end of a process and the moment its VRAM can be used. */
  readonly vramLagSeconds: number;
  /** Ending a process takes this long for each GB that it holds. */
  readonly stopSecondsPerGb: number;
}): Residency {
  const { pace, events, vramLagSeconds, stopSecondsPerGb } = parts;
  const residents = new Map<string, Resident>();
  const calls: (() => void)[] = [];

  const giveBack = async (tag: string, { gpu, cpu }: LoadedMemory): Promise<void> => {
    cpu.giveBack();
    if (gpu.bytes > 0) await pace.sleep(vramLagSeconds);
    gpu.giveBack();
    events.emit({ type: 'memory-free', model: tag });
  };

  const unload = async (resident: Resident): Promise<void> => {
    if (resident.stopping) return;
    resident.stopping = true;
    resident.stopTimer();
    const { model, memory } = resident;
    const gigabytes = (memory.gpu.bytes + memory.cpu.bytes) / 1e9;
    await pace.sleep(Math.min(LONGEST_STOP_SECONDS, gigabytes * stopSecondsPerGb));
    if (residents.get(model.blob) !== resident) return;
    residents.delete(model.blob);
    events.emit({ type: 'unload', model: model.tag });
    await giveBack(model.tag, memory);
    for (const call of calls) call();
  };

  const expire = (resident: Resident, asked: boolean): void => {
    resident.stopTimer();
    resident.keepAliveMs = 0;
    if (asked) resident.expiresAtMs = wallNow();
    if (resident.references === 0) void unload(resident);
  };

  return {
    get: ({ blob }) => residents.get(blob),
    all: () => [...residents.values()],
    add: (resident) => void residents.set(resident.model.blob, resident),
    hold(resident, keepAliveMs) {
      resident.references += 1;
      resident.stopTimer();
      if (keepAliveMs !== undefined) resident.keepAliveMs = keepAliveMs;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        resident.references -= 1;
        if (resident.references > 0 || resident.stopping) return;
        if (resident.keepAliveMs <= 0) void unload(resident);
        else startExpiry(resident, () => expire(resident, false));
      };
    },
    expire,
    giveBack,
    onUnloaded: (call) => void calls.push(call),
    forget() {
      for (const resident of residents.values()) {
        const { memory, model } = resident;
        resident.stopping = true;
        resident.stopTimer();
        memory.gpu.giveBack();
        memory.cpu.giveBack();
        residents.delete(model.blob);
        events.emit({ type: 'unload', model: model.tag });
      }
      for (const call of calls) call();
    },
  };
}

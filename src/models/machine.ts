import type { Clock } from '../ports/clock.ts';
import type { Gpu } from '../ports/gpu.ts';
import type { HostMemory } from '../ports/host-memory.ts';
import type { Resident } from '../ports/models.ts';
import { gpuRoom } from './gpu-room.ts';

/** What others take of the GPU changes seldom. */
const LOOK_EVERY_MS = 60_000;

/** The memory of the machine that the models run on, as it was last seen. */
export type Machine = {
  /** What the models may fill of the GPU, in bytes; undefined: not known. */
  gpuBytes(): number | undefined;
  /** Of all GPUs together, by which Ollama chooses a context; undefined: not known. */
  totalBytes(): number | undefined;
  ramBytes(): number | undefined;
  /** Looks again if the last look is too old; only the first one is waited for. Only while nothing moves. Never throws. */
  look(residents: readonly Pick<Resident, 'vramBytes'>[]): Promise<void>;
};

type Surroundings = {
  readonly gpu: Gpu;
  readonly hostMemory: HostMemory;
  /** What the configuration says; null: nothing. */
  readonly configuredBytes: () => number | null;
  readonly clock: Pick<Clock, 'now'>;
  readonly stopped: AbortSignal;
};

export function createMachine({ gpu, hostMemory, configuredBytes, clock, stopped }: Surroundings): Machine {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let roomBytes: number | undefined;
  let totalBytes: number | undefined;
  let ramBytes: number | undefined;

  async function read(residents: readonly Pick<Resident, 'vramBytes'>[]): Promise<void> {
    const [card, ram] = await Promise.all([
      configuredBytes() === null ? gpu(stopped) : undefined,
      hostMemory(),
    ]);
    roomBytes = card && gpuRoom(card, residents);
    totalBytes = card?.totalBytes;
    ramBytes = ram?.totalBytes;
  }

  return {
    gpuBytes: () => configuredBytes() ?? roomBytes,
    totalBytes: () => configuredBytes() ?? totalBytes,
    ramBytes: () => ramBytes,

    async look(residents) {
      if (clock.now() - lookedAt < LOOK_EVERY_MS) return;
      const isFirst = lookedAt === Number.NEGATIVE_INFINITY;
      lookedAt = clock.now();
      const looked = read(residents);
      if (isFirst) await looked;
    },
  };
}

import type { Clock } from '../ports/clock.ts';
import type { Gpu } from '../ports/gpu.ts';
import type { HostMemory } from '../ports/host-memory.ts';
import type { Resident } from '../ports/models.ts';
import { gpuRoom } from './gpu-room.ts';

/** What others take of the GPU changes seldom. */
const LOOK_EVERY_MS = 60_000;
/** Memory that was given back may count as somebody else's for so long; Ollama waits as long (server/sched.go). */
const SETTLE_MS = 5_000;

type Seen = readonly Pick<Resident, 'tag' | 'vramBytes'>[];

/** The memory of the machine that the models run on, as it was last seen. */
export type Machine = {
  /** What the models may fill of the GPU, in bytes; undefined: not known, or there is none. */
  gpuBytes(): number | undefined;
  /** Of all GPUs together, by which Ollama chooses a context; 0: there is none; undefined: not known. */
  totalBytes(): number | undefined;
  ramBytes(): number | undefined;
  /**
   * To be told whenever ps was read. Looks again if the last look is too old, and not before what moved has settled;
   * only the first look is waited for. `isMoving`: a model is on its way in or out. Never throws.
   */
  look(residents: Seen, isMoving: boolean): Promise<void>;
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
  let settledAt = Number.NEGATIVE_INFINITY;
  let before: Seen = [];
  let hasShownGpu = false;
  let roomBytes: number | undefined;
  let totalBytes: number | undefined;
  let ramBytes: number | undefined;

  async function read(residents: Seen): Promise<void> {
    const [card, ram] = await Promise.all([
      configuredBytes() === null ? gpu(stopped) : undefined,
      hostMemory(),
    ]);
    roomBytes = card && card.totalBytes > 0 ? gpuRoom(card, residents) : undefined;
    totalBytes = card?.totalBytes;
    ramBytes = ram?.totalBytes;
  }

  return {
    gpuBytes: () => configuredBytes() ?? roomBytes,
    // Ollama may know of a card that nothing here does.
    totalBytes: () => configuredBytes() ?? (totalBytes === 0 && hasShownGpu ? undefined : totalBytes),
    ramBytes: () => ramBytes,

    async look(residents, isMoving) {
      hasShownGpu ||= residents.some(({ vramBytes }) => vramBytes > 0);
      const now = clock.now();
      const isOneGone = before.some(({ tag }) => !residents.some((resident) => resident.tag === tag));
      before = residents;
      if (isMoving || isOneGone) settledAt = now + SETTLE_MS;
      if (now < settledAt || now - lookedAt < LOOK_EVERY_MS) return;
      const isFirst = lookedAt === Number.NEGATIVE_INFINITY;
      lookedAt = now;
      const looked = read(residents);
      if (isFirst) await looked;
    },
  };
}

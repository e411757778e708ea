import type { Logger } from '../ports/logger.ts';
import { HEADROOM } from './judging.ts';
import type { Keeper } from './let-go.ts';
import type { Memory } from './memory.ts';
import type { LoadEnd } from './moves.ts';
import type { RoomSeen } from './schedule/state.ts';

type Surroundings = {
  readonly memory: Pick<Memory, 'models'>;
  /** What Ollama will reckon with for a model that is not in memory; undefined: it is not installed. */
  readonly needOf: (tag: string) => number | undefined;
  readonly keeperOf: (tag: string) => Keeper;
  readonly logger: Logger;
};

/** Learns from what becomes of loads beside others how much a memory of unknown size holds. */
export function createRoomSeen({ memory, needOf, keeperOf, logger }: Surroundings) {
  let seen: RoomSeen = { heldBytes: 0, refusedBytes: Number.POSITIVE_INFINITY, headroom: HEADROOM };
  let load: { readonly beside: readonly string[]; readonly takesBytes: number } | undefined;
  let hasWarned = false;

  /** What contradicts an older observation counts: other programs use the memory, too. */
  function note(bytes: number, isEnough: boolean): void {
    const { heldBytes, refusedBytes } = seen;
    const never = Number.POSITIVE_INFINITY;
    seen = isEnough
      ? {
          ...seen,
          heldBytes: Math.max(heldBytes, bytes),
          refusedBytes: refusedBytes > bytes ? refusedBytes : never,
        }
      : {
          ...seen,
          heldBytes: heldBytes < bytes ? heldBytes : 0,
          refusedBytes: Math.min(refusedBytes, bytes),
        };
  }

  function warn(model: string, pushedOut: readonly string[]): void {
    if (hasWarned || pushedOut.every((tag) => keeperOf(tag).keeps === 'free')) return;
    hasWarned = true;
    const hint = 'Set llm.memory.vram_gb, if there is a GPU: then it is known beforehand what fits.';
    logger.warn({ model, pushedOut, hint }, 'Ollama pushed out a model that is to stay');
  }

  return {
    get: () => seen,

    loadBegan(tag: string): void {
      const others = memory.models().filter((model) => model.tag !== tag);
      const need = needOf(tag);
      // Alone it is loaded in any case.
      if (others.length === 0 || need === undefined) return;
      const usedBytes = others.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      load = { beside: others.map((model) => model.tag), takesBytes: usedBytes + need / HEADROOM };
    },

    loadEnded({ model, gone, ms }: LoadEnd): void {
      if (!load) return;
      const { beside, takesBytes } = load;
      load = undefined;
      const pushedOut = gone.filter((tag) => beside.includes(tag));
      warn(model, pushedOut);
      const isDisturbed = memory.models().some(({ tag }) => tag !== model && !beside.includes(tag));
      if (isDisturbed) return;
      if (pushedOut.length > 0) note(takesBytes, false);
      else if (ms !== undefined) note(takesBytes, true);
    },
  };
}

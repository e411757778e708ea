import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { HEADROOM } from './judging.ts';
import type { Keeper } from './let-go.ts';
import type { Memory } from './memory.ts';
import type { LoadEnd } from './moves.ts';
import type { RoomSeen } from './schedule/state.ts';

/**
 * Who left during a load may have been stopped by another program: nothing would ever contradict that where what was
 * refused is not tried any more.
 */
const REFUSED_MS = 3_600_000;
const NEVER = Number.POSITIVE_INFINITY;

type Surroundings = {
  readonly memory: Pick<Memory, 'models'>;
  /** What Ollama will reckon with for a model that is not in memory; undefined: it is not installed. */
  readonly needOf: (tag: string) => number | undefined;
  readonly keeperOf: (tag: string) => Keeper;
  /** What fits is known otherwise: nothing of this is used. */
  readonly isKnown: () => boolean;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
};

/** Learns from what becomes of loads beside others how much a memory of unknown size holds. */
export function createRoomSeen({ memory, needOf, keeperOf, isKnown, clock, logger }: Surroundings) {
  let heldBytes = 0;
  let refused = { bytes: NEVER, until: NEVER };
  let load: { readonly beside: readonly string[]; readonly takesBytes: number } | undefined;
  let hasWarned = false;

  function forget(): void {
    refused = { bytes: NEVER, until: NEVER };
  }

  const refusedBytes = () => (clock.now() < refused.until ? refused.bytes : NEVER);

  /** What contradicts an older observation counts: other programs use the memory, too. */
  function note(bytes: number, isEnough: boolean): void {
    if (isEnough) {
      heldBytes = Math.max(heldBytes, bytes);
      if (refusedBytes() <= bytes) forget();
    } else {
      if (heldBytes >= bytes) heldBytes = 0;
      refused = { bytes: Math.min(refusedBytes(), bytes), until: clock.now() + REFUSED_MS };
    }
  }

  function warn(model: string, gone: readonly string[]): void {
    const kept = gone.filter((tag) => keeperOf(tag).keeps !== 'free');
    if (hasWarned || isKnown() || kept.length === 0) return;
    hasWarned = true;
    const hint =
      'Unless another program stopped it: set llm.memory.vram_gb, if there is a GPU; then it is known beforehand what fits.';
    logger.warn(
      { model, gone: kept, hint },
      'a model that is to stay left the memory while another was loaded',
    );
  }

  return {
    get: (): RoomSeen => ({ heldBytes, refusedBytes: refusedBytes(), headroom: HEADROOM }),

    /** Of a server that answers anew: it may be another one, with other neighbours. */
    forget,

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
      const left = gone.filter((tag) => beside.includes(tag));
      warn(model, left);
      const isDisturbed = memory.models().some(({ tag }) => tag !== model && !beside.includes(tag));
      if (isDisturbed) return;
      if (left.length > 0) note(takesBytes, false);
      else if (ms !== undefined) note(takesBytes, true);
    },
  };
}

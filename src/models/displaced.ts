import type { Clock } from '../ports/clock.ts';
import type { Memory } from './memory.ts';

/** Who makes room for a load. */
export type Displaced = {
  /** They have left the memory. */
  readonly gone: readonly string[];
  /** They were told to leave, and have not yet: that cannot be taken back. */
  readonly leaving: readonly string[];
};

/** Who has left the memory while a model was loaded. `wentAnyway`: not for it. */
export type Departed = Displaced & { readonly wentAnyway: readonly string[] };

export const NOBODY: Displaced = { gone: [], leaving: [] };

type Surroundings = {
  readonly memory: Pick<Memory, 'models' | 'has'>;
  readonly clock: Pick<Clock, 'wall'>;
};

/**
 * Follows who makes room for a load that begins now. What ps shows counts, not what was meant: where Ollama finds too
 * little room, it pushes out others by itself.
 */
export function followDisplaced(evict: readonly string[], { memory, clock }: Surroundings) {
  const before = memory.models().filter(({ state }) => state === 'ready');
  const told = new Set(evict);
  const dismissed = new Set<string>();
  const isOver = ({ tag, expiresAt }: (typeof before)[number]) =>
    dismissed.has(tag) || (!evict.includes(tag) && (expiresAt ?? Number.POSITIVE_INFINITY) <= clock.wall());

  return {
    /** These of `evict` are not told to leave. */
    untell(tags: readonly string[]) {
      for (const tag of tags) told.delete(tag);
    },
    /** It is unloaded for another reason, or was out of reach already. */
    dismiss: (tag: string) => void dismissed.add(tag),

    now(): Departed {
      const leaving = memory.models().filter(({ tag, state }) => state === 'unloading' && told.has(tag));
      const left = before.filter(({ tag }) => !memory.has(tag));
      return {
        gone: left.filter((one) => !isOver(one)).map(({ tag }) => tag),
        leaving: leaving.map(({ tag }) => tag),
        wentAnyway: left.filter(isOver).map(({ tag }) => tag),
      };
    },
  };
}

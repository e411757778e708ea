/** What can go wrong with an answer of any server. */
export type WireFault =
  /** The connection closes, nothing was done. */
  | 'drop-before'
  /** Done, and the connection closes without an answer. */
  | 'drop-after'
  /** Done, and the connection closes after half of the answer. */
  | 'half-answer'
  /** Nothing is done and nothing is answered. */
  | 'hang'
  /** A 502 of a proxy, with HTML; nothing was done. */
  | 'not-json';

type AnyFault = { readonly kind: unknown; readonly times?: number };

/** The faults of one server: each happens to the next `times` (1) requests that it fits. */
export type FaultsOf<Fault extends AnyFault, Asked> = {
  /** Returns what takes it back. */
  inject(fault: Fault): () => void;
  /** Those that have not happened as often as they shall. */
  pending(): readonly Fault[];
  take(asked: Asked): Fault['kind'] | undefined;
};

export function createFaults<Fault extends AnyFault, Asked>(
  fits: (fault: Fault, asked: Asked) => boolean,
): FaultsOf<Fault, Asked> {
  const faults = new Set<{ readonly fault: Fault; left: number }>();
  return {
    inject(fault) {
      const entry = { fault, left: fault.times ?? 1 };
      faults.add(entry);
      return () => void faults.delete(entry);
    },
    pending: () => [...faults].map(({ fault }) => fault),
    take(asked) {
      for (const entry of faults) {
        if (!fits(entry.fault, asked)) continue;
        entry.left -= 1;
        if (entry.left <= 0) faults.delete(entry);
        return entry.fault.kind;
      }
      return undefined;
    },
  };
}

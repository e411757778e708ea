/** What goes wrong with an answer. */
export type FaultKind =
  /** The connection closes, nothing was done. */
  | 'drop-before'
  /** Done, and the connection closes without an answer. */
  | 'drop-after'
  /** Done, and the connection closes after half of the answer. */
  | 'half-answer'
  /** Nothing is done and nothing is answered. */
  | 'hang'
  /** A 502 of a proxy, with HTML; nothing was done. */
  | 'not-json'
  /** This error, and nothing was done. */
  | {
      readonly status: number;
      readonly description: string;
      readonly parameters?: Readonly<Record<string, unknown>>;
    };

/** Happens to the next `times` (1) requests that it fits; `file` is the method of a download. */
export type Fault = {
  readonly method?: string;
  readonly chat?: number;
  readonly kind: FaultKind;
  readonly times?: number;
};

export type Faults = {
  /** Returns what takes it back. */
  inject(fault: Fault): () => void;
  /** Those that have not happened as often as they shall. */
  pending(): readonly Fault[];
  take(method: string, chat: number | undefined): FaultKind | undefined;
};

export function createFaults(): Faults {
  const faults = new Set<{ readonly fault: Fault; left: number }>();
  return {
    inject(fault) {
      const entry = { fault, left: fault.times ?? 1 };
      faults.add(entry);
      return () => void faults.delete(entry);
    },
    pending: () => [...faults].map(({ fault }) => fault),
    take(method, chat) {
      for (const entry of faults) {
        const { fault } = entry;
        if (fault.method !== undefined && fault.method.toLowerCase() !== method.toLowerCase()) continue;
        if (fault.chat !== undefined && fault.chat !== chat) continue;
        entry.left -= 1;
        if (entry.left <= 0) faults.delete(entry);
        return fault.kind;
      }
      return undefined;
    },
  };
}

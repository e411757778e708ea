/** What goes wrong with an answer. */
export type FaultKind =
  /** The connection closes, nothing was done. */
  | 'drop-before'
  /** Done, and the connection closes without an answer. */
  | 'drop-after'
  /** Done, and the connection is reset as by a crash: discord.js sends such a request again. */
  | 'reset-after'
  /** Done, and the connection closes after half of the answer. */
  | 'half-answer'
  /** Nothing is done and nothing is answered. */
  | 'hang'
  /** A 502 of a proxy, with HTML; nothing was done. */
  | 'not-json'
  /** This error, and nothing was done. */
  | { readonly status: number; readonly code: number; readonly message: string };

/** Happens to the next `times` (1) requests that it fits; `route` as in `/channels/:channel/messages`. */
export type Fault = {
  readonly method?: string;
  readonly route?: string;
  readonly channel?: string;
  readonly kind: FaultKind;
  readonly times?: number;
};

type Asked = { readonly method: string; readonly route: string; readonly channel: string | undefined };

export type Faults = {
  /** Returns what takes it back. */
  inject(fault: Fault): () => void;
  /** Those that have not happened as often as they shall. */
  pending(): readonly Fault[];
  take(asked: Asked): FaultKind | undefined;
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

function fits({ method, route, channel }: Fault, asked: Asked): boolean {
  return (
    (method === undefined || method.toUpperCase() === asked.method) &&
    (route === undefined || route === asked.route) &&
    (channel === undefined || channel === asked.channel)
  );
}

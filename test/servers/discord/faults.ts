import type { FaultsOf, WireFault } from '../wire/faults.ts';
import type { Asked } from './events.ts';

/** What goes wrong with an answer. */
export type FaultKind =
  | WireFault
  /** Done, and the connection is reset as by a crash: discord.js sends such a request again. */
  | 'reset-after'
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

export type Faults = FaultsOf<Fault, Asked>;

export function fits({ method, route, channel }: Fault, asked: Asked): boolean {
  return (
    (method === undefined || method.toUpperCase() === asked.method) &&
    (route === undefined || route === asked.route) &&
    (channel === undefined || channel === asked.channel)
  );
}

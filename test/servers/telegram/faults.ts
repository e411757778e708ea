import type { FaultsOf, WireFault } from '../wire/faults.ts';
import type { Asked } from './events.ts';

/** What goes wrong with an answer. */
export type FaultKind =
  | WireFault
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

export type Faults = FaultsOf<Fault, Asked>;

export function fits({ method, chat }: Fault, asked: Asked): boolean {
  return (
    (method === undefined || method.toLowerCase() === asked.method.toLowerCase()) &&
    (chat === undefined || chat === asked.chat)
  );
}

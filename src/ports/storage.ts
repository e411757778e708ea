import type { Log } from './log.ts';
import type { OpenQueue } from './queue.ts';
import type { Rates } from './rates.ts';
import type { Store } from './store.ts';

/** Everything durable, from one place. */
export type Storage = {
  readonly openQueue: OpenQueue;
  readonly store: Store;
  readonly log: Log;
  readonly rates: Rates;
  /** Whether it is certain that no other process works on this. */
  readonly isOwner: () => boolean;
  close(): Promise<void>;
};

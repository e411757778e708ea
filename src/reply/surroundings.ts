import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import type { Messages } from './messages.ts';
import type { Platform } from './platform.ts';

/** What the answers of one platform work with. */
export type Surroundings = {
  readonly messages: Messages;
  readonly platform: Platform;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
};

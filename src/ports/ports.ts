import type { Reloaded } from '../chat/front.ts';
import type { Job } from '../path/job.ts';
import type { Audit } from './audit.ts';
import type { CacheTier } from './cache-tier.ts';
import type { Chat } from './chat.ts';
import type { Clock } from './clock.ts';
import type { Files } from './files.ts';
import type { Generate } from './generate.ts';
import type { Gpu } from './gpu.ts';
import type { HostMemory } from './host-memory.ts';
import type { Log } from './log.ts';
import type { Logger } from './logger.ts';
import type { ModelServer } from './models.ts';
import type { OpenQueue } from './queue.ts';
import type { Rates } from './rates.ts';
import type { StageFile } from './stage-file.ts';
import type { Store } from './store.ts';

/** All that the house needs of the outside world. */
export type Ports = {
  readonly server: ModelServer;
  readonly generate: Generate;
  readonly gpu: Gpu;
  readonly hostMemory: HostMemory;
  readonly stageFile: StageFile;
  readonly openQueue: OpenQueue;
  readonly store: Store;
  readonly log: Log;
  readonly files: Files;
  readonly rates: Rates;
  /** The second tier of the response cache, if there is one. */
  readonly cacheTier: CacheTier | undefined;
  readonly audit: Audit;
  /** The chat platforms that are on, by name. */
  readonly chats: Readonly<Record<string, Chat>>;
  /** The names of all chat platforms, on or off. */
  readonly platforms: readonly string[];
  /** Reads the configuration anew and puts it in force. */
  readonly reread: () => Promise<Reloaded>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Jobs that this process works on; it leaves the others in the queue. */
  readonly serves: (job: Job) => boolean;
  /** Whether it is certain that no other process owns the models. */
  readonly isOwner: () => boolean;
  /** Runs for one question of the terminal only. */
  readonly passing: boolean;
};

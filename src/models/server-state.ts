import { type OstlerError, toOstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Installed, ModelServer, Resident } from '../ports/models.ts';
import { askTwice, askWithin } from './ask-server.ts';
import { type Away, createContact } from './contact.ts';
import { isSimulated } from './gpu-of-server.ts';
import { createInventory, type Inventory } from './inventory.ts';
import { joined } from './joined.ts';
import { createMemory, type Memory } from './memory.ts';
import { createVersions } from './versions.ts';

/** ps is read this often while anything waits or runs, and before a decision on older knowledge. */
export const PS_EVERY_MS = 1_000;
/** A model that expires sooner is looked for once more before it is asked. */
const NEAR_EXPIRY_MS = 2_000;
const LIST_EVERY_MS = 60_000;

/** What is known of one server: whether it answers, what is installed, what is in its memory. */
export type ServerState = {
  readonly memory: Memory;
  readonly inventory: Inventory;
  version(): string;
  /** A simulated server says so in its version. */
  isSimulated(): boolean;
  away(): Away | undefined;
  /** Begins to look for the server, which counts as away until it answers. */
  open(): void;
  /** The server does not answer: looks for it until it does. */
  lose(error: OstlerError): void;
  /** A request failed in a way that makes what is known doubtful: it is read again before the next decision. */
  doubt(error: OstlerError): void;
  /** Reads what is in memory, now. Throws. */
  sync(): Promise<readonly Resident[]>;
  /** Models in memory whose name stands for another version by now: whoever asks them makes Ollama load that one. */
  outdated(): readonly string[];
  /**
   * It cannot be unloaded: what its name stands for is not in memory. Reads the list of models first, which says when
   * it can be reached again. Never throws.
   */
  loseSight(tag: string): Promise<void>;
  /** Whether a decision should wait for a new look at the memory. */
  isStale(): boolean;
  /** Looks at the memory where a decision should wait for that. Never throws. */
  freshen(): Promise<void>;
  /** Whether the last look at the memory is longer ago. */
  isOlderThan(ms: number): boolean;
  /** Whether something went wrong since the last look. */
  isDoubtful(): boolean;
  /** Whether the server was asked at all, with whatever result. */
  wasAsked(): boolean;
  /** Reads all of it, also while the server counts as away. Throws. */
  resync(): Promise<void>;
  /** Reads the list of models, where it is old or `now` asks for it. Returns whether it was read. Throws. */
  list(now: boolean): Promise<boolean>;
  /** Reads all of it if it is older than this. Never throws. */
  refresh(olderThanMs: number): void;
};

type Surroundings = {
  readonly host: string;
  readonly server: ModelServer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Longest silence of a short request. */
  readonly answerLimitMs: number;
  readonly stopped: AbortSignal;
  /** The server came back, or the list of models was read anew. */
  readonly onNews: () => void;
  /** What it has in memory was read. Never throws. */
  readonly onResidents: (residents: readonly Resident[]) => Promise<void>;
  /** What is installed was read. Never throws. */
  readonly onInstalled: (models: readonly Installed[]) => Promise<void>;
  /** It answers, for the first time or again. */
  readonly onContact: () => void;
};

export function createServerState(surroundings: Surroundings): ServerState {
  const { host, server, clock, logger, answerLimitMs, stopped, onNews } = surroundings;
  const { onResidents, onInstalled, onContact } = surroundings;
  const memory = createMemory(clock);
  const inventory = createInventory(server, clock, answerLimitMs);
  const versions = createVersions(inventory.find);
  let version = '';
  let readAt = Number.NEGATIVE_INFINITY;

  const residents = () =>
    askTwice(() => askWithin(answerLimitMs, stopped, (signal) => server.loaded(signal)));

  async function sync(): Promise<readonly Resident[]> {
    const all = await residents();
    if (versions.areNews(all) && !inventory.isFresh(PS_EVERY_MS)) {
      await readList();
      onNews();
      return sync();
    }
    const seen = versions.inReach(all);
    const { came, went } = memory.sync(seen);
    readAt = clock.now();
    await onResidents(all);
    if (came.length > 0) logger.info({ models: came }, 'models were loaded by somebody else');
    if (went.length > 0) logger.info({ models: went }, 'models have left the memory');
    return seen;
  }

  async function look(): Promise<void> {
    version = await askWithin(answerLimitMs, stopped, (signal) => server.version(signal));
    await inventory.refresh(stopped);
    await sync();
  }

  async function readList(): Promise<void> {
    await inventory.refresh(stopped);
    await onInstalled(inventory.list());
  }

  const contact = createContact({
    host,
    clock,
    logger,
    stopped,
    look,
    onArrive() {
      logger.info({ host, version, models: inventory.list().length }, 'Ollama answers');
      onContact();
      onNews();
      // Nobody waits until every model was asked about.
      void onInstalled(inventory.list()).then(onNews);
    },
    onNews,
  });
  const { away, lose } = contact;

  function doubt(error: OstlerError): void {
    readAt = Number.NEGATIVE_INFINITY;
    if (error.code === 'unreachable') lose(error);
    if (error.code === 'not_installed') {
      readList().then(onNews, (cause: unknown) => lose(toOstlerError(cause)));
    }
  }

  function isOutdated(tag: string): boolean {
    const resident = memory.isReady(tag) ? memory.resident(tag) : undefined;
    return resident !== undefined && versions.isOutdated(resident);
  }

  const isStale = () =>
    clock.now() - readAt > PS_EVERY_MS || memory.isDoubtful() || memory.expiresWithin(NEAR_EXPIRY_MS);

  const onFailure = (cause: unknown) => doubt(toOstlerError(cause));
  const syncOnce = joined(sync, onFailure);
  const readOnce = joined(async () => {
    if (!inventory.isFresh(LIST_EVERY_MS)) await readList();
    await sync();
  }, onFailure);

  return {
    memory,
    inventory,
    version: () => version,
    isSimulated: () => isSimulated(version),
    away,
    open: contact.open,
    lose,
    doubt,
    sync,

    outdated: () => memory.models().flatMap(({ tag }) => (isOutdated(tag) ? [tag] : [])),
    async loseSight(tag) {
      await readList().then(onNews, (cause: unknown) => lose(toOstlerError(cause)));
      const resident = memory.resident(tag);
      logger.info({ model: tag }, 'its name stands for nothing in memory any more: Ollama will unload it');
      if (resident) versions.loseSight(resident);
      memory.drop(tag);
    },

    isStale,
    async freshen() {
      if (!away() && isStale()) await syncOnce();
    },
    isOlderThan: (ms) => clock.now() - readAt > ms,
    isDoubtful: () => readAt === Number.NEGATIVE_INFINITY || memory.isDoubtful(),
    wasAsked: contact.wasAsked,

    async resync() {
      try {
        await askTwice(look);
      } catch (cause) {
        doubt(toOstlerError(cause));
        throw cause;
      }
      if (!contact.arrive()) onNews();
    },

    async list(now) {
      if (!now && inventory.isFresh(LIST_EVERY_MS)) return false;
      await readList();
      return true;
    },

    refresh(olderThanMs) {
      if (!away() && clock.now() - readAt > olderThanMs) void readOnce();
    },
  };
}

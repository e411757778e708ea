import { toOstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { HostMemory } from '../ports/host-memory.ts';
import type { Logger } from '../ports/logger.ts';
import type { Installed } from '../ports/models.ts';
import type { StageFile } from '../ports/stage-file.ts';
import type { Inventory } from './inventory.ts';
import type { TimesOfModel } from './model-times.ts';
import type { HostState } from './schedule/state.ts';

/** So much of the available RAM may hold files: programs need some, too. */
const RAM_SHARE = 0.8;
/** A load of a staged file has to take less than this share of a cold one, or staging brings nothing here. */
const WORTH_SHARE = 0.8;
/** After so many loads in a row that were no faster, no file is staged any more. */
const MOST_DISAPPOINTMENTS = 2;
/** After what may pass by itself, such as a server that was silent, files are left alone for so long. */
const REST_MS = 60_000;
/** Where nobody knows how much RAM there is for files, one that was read so recently is probably still there. */
const RECENT_MS = 30 * 60_000;

/** What was read. It goes by the file: tags of one digest share it, and a tag that was pulled anew has another. */
type File = { readonly digest: string; readonly bytes: number; readonly readAt: number };

/**
 * What the operating system probably keeps of the models' files, and the reading of the next one ahead of its load.
 * Where Ollama runs elsewhere, or its files cannot be read, nothing is read ahead.
 */
export type Stager = {
  state(): HostState['pageCache'];
  /** Reads the model's file; what is read already goes on. */
  stage(tag: string): void;
  /** A load begins: a cold one has the disk for itself. */
  loading(tag: string): void;
  /** It ended well, after so many milliseconds. */
  loaded(tag: string, ms: number): void;
  /** It did not. */
  failed(): void;
  /** Its file is probably in memory, so that its load is a warm one: the one rule for all who estimate that. */
  isCached(tag: string): boolean;
  /** Its load began while its file was being read: the time that it took is neither a cold one's nor a warm one's. */
  isJoined(tag: string): boolean;
};

type Surroundings = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hostMemory: HostMemory;
  readonly stageFile: StageFile;
  readonly inventory: Pick<Inventory, 'find' | 'list'>;
  /** Where the model's file lies; undefined: the server does not say. */
  readonly pathOf: (tag: string) => Promise<string | undefined>;
  readonly timesOf: (tag: string) => TimesOfModel | undefined;
  readonly isOn: () => boolean;
  readonly stopped: AbortSignal;
  /** A file is there now, or will not be: decide again. */
  readonly onChange: () => void;
};

export function createStager(surroundings: Surroundings): Stager {
  const { clock, logger, hostMemory, stageFile, inventory, pathOf, timesOf } = surroundings;
  const { isOn, stopped, onChange } = surroundings;
  /** The last read first. */
  let files: readonly File[] = [];
  /** The digests of those that were read ahead, until they are loaded. */
  const staged = new Set<string>();
  let roomBytes = Number.POSITIVE_INFINITY;
  let staging: { readonly tag: string; readonly endsAt: number; readonly abort: AbortController } | undefined;
  let isDiskBusy = false;
  /** The load under way, and what it has of staging: its file was there as a whole, or is being read. */
  let load: { readonly tag: string; readonly help: 'staged' | 'joined' | undefined } | undefined;
  let disappointments = 0;
  let isOff = false;
  let restsUntil = Number.NEGATIVE_INFINITY;
  let isTroubled = false;

  const isKnown = ({ readAt }: File) => Number.isFinite(roomBytes) || clock.now() - readAt <= RECENT_MS;
  const isThere = (digest: string) => files.some((file) => file.digest === digest && isKnown(file));
  const isCached = (tag: string) => isThere(inventory.find(tag)?.digest ?? '');
  const isStaged = (tag: string) => isCached(tag) && staged.has(inventory.find(tag)?.digest ?? '');
  const isResting = () => isOff || clock.now() < restsUntil;

  /** Each file under all its tags; it takes its room once. */
  function byTag(): HostState['pageCache']['files'] {
    const models = Map.groupBy(inventory.list(), ({ digest }) => digest);
    return files
      .filter(isKnown)
      .flatMap(({ digest, bytes }) =>
        (models.get(digest) ?? []).map(({ tag }, index) => ({ tag, bytes: index === 0 ? bytes : 0 })),
      );
  }

  /** The least recently read files are dropped where there is no room for all. */
  function read({ digest, sizeBytes }: Installed): void {
    let left = roomBytes;
    const file = { digest, bytes: sizeBytes, readAt: clock.now() };
    files = [file, ...files.filter((other) => other.digest !== digest)].filter(({ bytes }) => {
      left -= bytes;
      return left >= 0;
    });
  }

  function turnOff(why: string): void {
    isOff = true;
    logger.info({ why }, 'files of models are not read ahead');
  }

  /** Told once, until it works again. */
  function rest(why: string): void {
    restsUntil = clock.now() + REST_MS;
    if (!isTroubled) logger.info({ why }, 'the file of a model could not be read ahead');
    isTroubled = true;
  }

  /** Returns false where the RAM is not known. */
  async function measureRoom(): Promise<boolean> {
    const ram = await hostMemory();
    if (ram) roomBytes = ram.availableBytes * RAM_SHARE;
    return ram !== undefined;
  }

  async function run(model: Installed, abort: AbortController): Promise<void> {
    const { tag, digest, sizeBytes: bytes } = model;
    try {
      if (!(await measureRoom())) return turnOff('Ollama does not run on this machine');
      if (bytes > roomBytes) return;
      const path = await pathOf(tag);
      if (path === undefined) return turnOff('Ollama does not say where they lie');
      await stageFile(path, AbortSignal.any([stopped, abort.signal]));
      read(model);
      staged.add(digest);
      isTroubled = false;
      logger.debug({ model: tag, bytes }, 'the file of a model was read ahead');
    } catch (cause) {
      if (abort.signal.aborted || stopped.aborted) return;
      const { code, message } = toOstlerError(cause);
      if (code === 'unsupported') turnOff(message);
      else rest(message);
    } finally {
      if (staging?.abort === abort) staging = undefined;
      onChange();
    }
  }

  /** Whether loads of staged files are faster here than cold ones; until that was seen, it is not believed. */
  function judge(tag: string, ms: number): void {
    if (load?.tag !== tag || load.help !== 'staged') return;
    const cold = timesOf(tag)?.cold;
    if (cold?.basis !== 'measured') return;
    disappointments = ms < cold.medianMs * WORTH_SHARE ? 0 : disappointments + 1;
    if (disappointments >= MOST_DISAPPOINTMENTS) turnOff('their loads were not faster for it');
  }

  return {
    state: () => ({
      bytes: isOn() && !isResting() ? roomBytes : 0,
      files: byTag(),
      staging,
      diskBusy: isDiskBusy,
    }),

    stage(tag) {
      const model = inventory.find(tag);
      if (!model || staging || isResting()) return;
      const times = timesOf(tag);
      const takesMs = times ? Math.max(0, times.cold.medianMs - times.warm.medianMs) : 0;
      const abort = new AbortController();
      staging = { tag, endsAt: clock.now() + takesMs, abort };
      void run(model, abort);
    },

    loading(tag) {
      // What is read for it may push out others.
      void measureRoom();
      isDiskBusy = !isCached(tag);
      load = { tag, help: staging?.tag === tag ? 'joined' : isStaged(tag) ? 'staged' : undefined };
      if (isDiskBusy && staging?.tag !== tag) staging?.abort.abort('a load needs the disk');
    },

    loaded(tag, ms) {
      isDiskBusy = false;
      judge(tag, ms);
      load = undefined;
      const model = inventory.find(tag);
      if (!model) return;
      staged.delete(model.digest);
      read(model);
    },

    failed() {
      isDiskBusy = false;
      load = undefined;
    },

    isCached,
    isJoined: (tag) => load?.tag === tag && load.help === 'joined',
  };
}

import type { Clock } from '../ports/clock.ts';
import type { HostMemory } from '../ports/host-memory.ts';
import type { Logger } from '../ports/logger.ts';
import type { StageFile } from '../ports/stage-file.ts';
import type { TimesOfModel } from './model-times.ts';
import type { HostState } from './schedule/state.ts';

/** So much of the available RAM may hold files: programs need some, too. */
const RAM_SHARE = 0.8;
/** A load of a staged file has to take less than this share of a cold one, or staging brings nothing here. */
const WORTH_SHARE = 0.8;
/** After so many loads in a row that were no faster, no file is staged any more. */
const MOST_DISAPPOINTMENTS = 2;

type Model = { readonly tag: string; readonly bytes: number };

/**
 * What the operating system probably keeps of the models' files, and the reading of the next one ahead of its load.
 * Where Ollama runs elsewhere, or its files cannot be read, nothing is read ahead.
 */
export type Stager = {
  state(): HostState['pageCache'];
  /** Reads the model's file; what is read already goes on. */
  stage(model: Model): void;
  /** A load begins: a cold one has the disk for itself. */
  loading(tag: string): void;
  /** It ended well, after so many milliseconds. */
  loaded(model: Model, ms: number): void;
  /** It did not. */
  failed(): void;
  /** Its file was read ahead and is probably still there. */
  isStaged(tag: string): boolean;
  /** Its load began while its file was being read: the time that it took is neither a cold one's nor a warm one's. */
  isJoined(tag: string): boolean;
};

type Surroundings = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hostMemory: HostMemory;
  readonly stageFile: StageFile;
  /** Where the model's file lies; undefined: the server does not say. */
  readonly fileOf: (tag: string) => Promise<string | undefined>;
  readonly timesOf: (tag: string) => TimesOfModel | undefined;
  readonly isOn: () => boolean;
  readonly stopped: AbortSignal;
  /** A file is there now, or will not be: decide again. */
  readonly onChange: () => void;
};

export function createStager(surroundings: Surroundings): Stager {
  const { clock, logger, hostMemory, stageFile, fileOf, timesOf, isOn, stopped, onChange } = surroundings;
  /** The last read first. */
  let files: readonly Model[] = [];
  const staged = new Set<string>();
  let roomBytes = Number.POSITIVE_INFINITY;
  let staging: { readonly tag: string; readonly endsAt: number; readonly abort: AbortController } | undefined;
  let isDiskBusy = false;
  /** The load under way, and what it has of staging: its file was there as a whole, or is being read. */
  let load: { readonly tag: string; readonly help: 'staged' | 'joined' | undefined } | undefined;
  let disappointments = 0;
  let isOff = false;

  const isCached = (tag: string) => files.some((file) => file.tag === tag);
  const isStaged = (tag: string) => staged.has(tag) && isCached(tag);

  /** The least recently read files are dropped where there is no room for all. */
  function read(model: Model): void {
    let left = roomBytes;
    files = [model, ...files.filter(({ tag }) => tag !== model.tag)].filter(({ bytes }) => {
      left -= bytes;
      return left >= 0;
    });
  }

  function turnOff(why: string): void {
    isOff = true;
    logger.info({ why }, 'files of models are not read ahead');
  }

  /** Returns false where the RAM is not known. */
  async function measureRoom(): Promise<boolean> {
    const ram = await hostMemory();
    if (ram) roomBytes = ram.availableBytes * RAM_SHARE;
    return ram !== undefined;
  }

  async function run({ tag, bytes }: Model, abort: AbortController): Promise<void> {
    try {
      if (!(await measureRoom())) return turnOff('Ollama does not run on this machine');
      if (bytes > roomBytes) return;
      const path = await fileOf(tag);
      if (path === undefined) return turnOff('Ollama does not say where they lie');
      await stageFile(path, AbortSignal.any([stopped, abort.signal]));
      read({ tag, bytes });
      staged.add(tag);
      logger.debug({ model: tag, bytes }, 'the file of a model was read ahead');
    } catch (error) {
      if (!abort.signal.aborted && !stopped.aborted)
        turnOff(error instanceof Error ? error.message : String(error));
    } finally {
      if (staging?.abort === abort) staging = undefined;
      onChange();
    }
  }

  /** Whether loads of staged files are faster here than cold ones; until that was seen, it is not believed. */
  function judge({ tag }: Model, ms: number): void {
    if (load?.tag !== tag || load.help !== 'staged') return;
    const cold = timesOf(tag)?.cold;
    if (cold?.basis !== 'measured') return;
    disappointments = ms < cold.medianMs * WORTH_SHARE ? 0 : disappointments + 1;
    if (disappointments >= MOST_DISAPPOINTMENTS) turnOff('their loads were not faster for it');
  }

  return {
    state: () => ({
      bytes: isOn() && !isOff ? roomBytes : 0,
      files,
      staging,
      diskBusy: isDiskBusy,
    }),

    stage(model) {
      if (staging || isOff) return;
      const times = timesOf(model.tag);
      const takesMs = times ? Math.max(0, times.cold.medianMs - times.warm.medianMs) : 0;
      const abort = new AbortController();
      staging = { tag: model.tag, endsAt: clock.now() + takesMs, abort };
      void run(model, abort);
    },

    loading(tag) {
      // What is read for it may push out others.
      void measureRoom();
      isDiskBusy = !isCached(tag);
      load = { tag, help: staging?.tag === tag ? 'joined' : isStaged(tag) ? 'staged' : undefined };
      if (isDiskBusy && staging?.tag !== tag) staging?.abort.abort('a load needs the disk');
    },

    loaded(model, ms) {
      isDiskBusy = false;
      judge(model, ms);
      load = undefined;
      staged.delete(model.tag);
      read(model);
    },

    failed() {
      isDiskBusy = false;
      load = undefined;
    },

    isStaged,
    isJoined: (tag) => load?.tag === tag && load.help === 'joined',
  };
}

import { type Model, SAME_MOMENT_MS } from './machine-state.ts';

type Staging = { readonly model: Model; readonly endsAt: number };

/** The disk, and what the operating system keeps of it in memory. */
export type Disk = {
  /** What the page cache holds, the last read first. */
  readonly files: readonly Model[];
  readonly staging: Staging | undefined;
  /** A cold load reads from it. */
  readonly isBusy: boolean;
  /** Returns how long the load takes. A cold one ends what is being staged. */
  beginLoad(model: Model, now: number): number;
  endLoad(): void;
  stage(model: Model, now: number): void;
  /** When the staging ends; Infinity: there is none. */
  nextAt(): number;
  advance(now: number): void;
};

export function createDisk(cacheBytes: number): Disk {
  let files: readonly Model[] = [];
  let staging: Staging | undefined;
  let isBusy = false;

  /** It is the last read; whatever was read so long ago that it does not fit any more is forgotten. */
  function remember(model: Model): void {
    let roomBytes = cacheBytes;
    const read = [model, ...files.filter((file) => file !== model)];
    const forgotten = read.findIndex(({ sizeBytes }) => {
      roomBytes -= sizeBytes;
      return roomBytes < 0;
    });
    files = forgotten < 0 ? read : read.slice(0, forgotten);
  }

  function loadMs(model: Model, now: number): number {
    if (files.includes(model)) return model.warmMs;
    if (staging?.model !== model) return model.coldMs;
    return Math.min(model.coldMs, staging.endsAt - now + model.warmMs);
  }

  return {
    get files() {
      return files;
    },
    get staging() {
      return staging;
    },
    get isBusy() {
      return isBusy;
    },

    beginLoad(model, now) {
      const ms = loadMs(model, now);
      isBusy = !files.includes(model);
      if (isBusy) staging = undefined;
      remember(model);
      return ms;
    },

    endLoad() {
      isBusy = false;
    },

    stage(model, now) {
      if (staging || isBusy) throw new Error('The disk is busy.');
      staging = { model, endsAt: now + model.coldMs - model.warmMs };
    },

    nextAt: () => staging?.endsAt ?? Number.POSITIVE_INFINITY,

    advance(now) {
      if (!staging || staging.endsAt > now + SAME_MOMENT_MS) return;
      remember(staging.model);
      staging = undefined;
    },
  };
}

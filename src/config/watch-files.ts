import { existsSync, type FSWatcher, realpathSync, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock } from '../ports/clock.ts';

/** A save is several events: it is over when none came for so long. */
const QUIET_MS = 200;
/** Some programs empty or remove a file before they write it: so long nobody takes that for what is meant. */
const EMPTY_MS = 1_000;

type Surroundings = {
  readonly clock: Clock;
  /** Some file was written, replaced, removed or brought back, or only touched. */
  readonly onChange: () => void;
  /** From now on changes are not seen by themselves. */
  readonly onBlind: (error: unknown) => void;
};

/** A name in a folder that exists. */
type Place = { readonly folder: string; readonly name: string };

export type FileWatch = {
  /** A file is empty or gone, perhaps for a moment: `onChange` will follow. */
  isEmptied(): boolean;
  close(): void;
};

/** Watches files by their folders, because editors put a new file in the place of the old one. */
export function watchFiles(paths: readonly string[], { clock, onChange, onBlind }: Surroundings): FileWatch {
  let watchers: readonly FSWatcher[] = [];
  let filled = paths.filter(hasContent);
  let emptySince: number | undefined;
  let cancel = () => {};

  function lookIn(ms: number): void {
    cancel();
    cancel = clock.after(ms, look);
  }

  const isEmptied = () => filled.some((path) => !hasContent(path));

  function look(): void {
    // The new watchers before the old ones go and before anything is read: no change falls in between.
    open();
    const now = clock.now();
    emptySince = isEmptied() ? (emptySince ?? now) : undefined;
    const left = emptySince === undefined ? 0 : emptySince + EMPTY_MS - now;
    if (left > 0) {
      lookIn(left);
      return;
    }
    filled = paths.filter(hasContent);
    emptySince = undefined;
    onChange();
  }

  function open(): void {
    const old = watchers;
    const places = paths.flatMap(placesOf);
    const folders = new Set(places.map(({ folder }) => folder));
    watchers = [...folders].flatMap((folder) => openFolder(folder, places));
    for (const watcher of old) watcher.close();
  }

  function openFolder(folder: string, places: readonly Place[]): readonly FSWatcher[] {
    const names = new Set(places.filter((place) => place.folder === folder).map(({ name }) => name));
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        // Its own name: the folder itself was moved or removed.
        if (name === null || names.has(name) || name === basename(folder)) lookIn(QUIET_MS);
      });
      return [watcher.on('error', onBlind)];
    } catch (error) {
      onBlind(error);
      return [];
    }
  }

  open();
  return {
    isEmptied,
    close() {
      cancel();
      for (const watcher of watchers) watcher.close();
    },
  };
}

function hasContent(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** Where the file stands, and where a link leads. */
function placesOf(path: string): readonly Place[] {
  try {
    return [placeOf(path), placeOf(realpathSync(path))];
  } catch {
    return [placeOf(path)];
  }
}

/** Where its folder is missing: the place of that. */
function placeOf(path: string): Place {
  const folder = dirname(path);
  return existsSync(folder) ? { folder, name: basename(path) } : placeOf(folder);
}

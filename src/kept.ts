import { toFailure } from './errors.ts';
import type { Logger } from './ports/logger.ts';
import type { Store } from './ports/store.ts';

/** A value that outlives the process. Reads come from memory, writes happen behind; nothing here throws. */
export type Kept<T> = {
  get(): T;
  /** In force at once. Also made to what other processes have kept meanwhile: it goes by what it is given. */
  change(change: (before: T) => T): void;
  /** Resolves once what was changed is kept, or could not be. */
  settled(): Promise<void>;
};

type Surroundings<T> = {
  readonly store: Store;
  readonly logger: Logger;
  readonly key: string;
  /** What was kept, whoever wrote it; undefined: nothing was. */
  readonly read: (kept: unknown) => T;
  /** What the log says, once, until it works again. */
  readonly trouble: string;
};

/** Begins with what earlier processes kept, if that can be read. */
export async function openKept<T>({ store, logger, key, read, trouble }: Surroundings<T>): Promise<Kept<T>> {
  let value = read(undefined);
  let unwritten: ((before: T) => T)[] = [];
  let writing = Promise.resolve();
  let isTroubled = false;

  function tell(error: unknown): void {
    if (!isTroubled) logger.warn({ ...toFailure(error) }, trouble);
    isTroubled = true;
  }

  async function write(): Promise<void> {
    const changes = unwritten;
    unwritten = [];
    try {
      await store.update(key, (kept) => changes.reduce((before, change) => change(before), read(kept)));
      isTroubled = false;
    } catch (error) {
      tell(error);
    }
  }

  try {
    value = read(await store.get(key));
  } catch (error) {
    tell(error);
  }

  return {
    get: () => value,
    change(change) {
      value = change(value);
      unwritten.push(change);
      if (unwritten.length === 1) writing = writing.then(write);
    },
    settled: () => writing,
  };
}

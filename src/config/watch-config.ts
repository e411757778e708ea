import { isDeepStrictEqual } from 'node:util';
import { type OstlerError, toOstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Config } from './schema.ts';
import { watchFiles } from './watch-files.ts';

/** Where a configuration comes from. */
export type Source = {
  /** The files that it depends on. */
  readonly files: readonly string[];
  /** Reads it as at the start. Throws a ConfigError. */
  load(): Promise<Config>;
};

/** What was found in the files; the message of an error lists all mistakes with their lines. */
export type Found =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'refused'; readonly error: OstlerError };

type Surroundings = {
  readonly clock: Clock;
  /** Something else was found than the last time, or `read` asked for it. */
  readonly onFound: (found: Found) => void;
  /** From now on changes are not seen by themselves. */
  readonly onBlind: (error: unknown) => void;
};

export type ConfigWatch = {
  /** Reads the files and tells what is found, even if it is nothing new. */
  read(): Promise<void>;
  close(): void;
};

/** Reads a configuration anew whenever its files change; `config` is what is in force. */
export function watchConfig(
  { files, load }: Source,
  config: Config,
  { clock, onFound, onBlind }: Surroundings,
): ConfigWatch {
  let last: Found = { kind: 'config', config };
  let closed = false;
  let reading = Promise.resolve();

  const find = (): Promise<Found> =>
    load().then(
      (config) => ({ kind: 'config', config }),
      (cause: unknown) => ({ kind: 'refused', error: toOstlerError(cause) }),
    );

  async function look(asked: boolean): Promise<void> {
    const found = await find();
    if (closed || (!asked && (watching.isEmptied() || isSame(found, last)))) return;
    last = found;
    onFound(found);
  }

  /** One after the other, so that what was written last is told last. */
  function inTurn(asked: boolean): Promise<void> {
    reading = reading.then(() => look(asked));
    return reading;
  }

  const watching = watchFiles(files, { clock, onBlind, onChange: () => void inTurn(false) });
  // It may have changed since it was read for the start.
  void inTurn(false);

  return {
    read: () => inTurn(true),
    close() {
      closed = true;
      watching.close();
    },
  };
}

function isSame(one: Found, other: Found): boolean {
  if (one.kind === 'config') return other.kind === 'config' && isDeepStrictEqual(one.config, other.config);
  return other.kind === 'refused' && one.error.message === other.error.message;
}

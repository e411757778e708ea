import type { Reloaded } from '../chat/front.ts';
import { type OstlerError, toOstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Config } from './schema.ts';
import { takeOver } from './take-over.ts';
import { type Found, type Source, watchConfig } from './watch-config.ts';

type Surroundings = {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Puts a configuration in force. */
  readonly apply: (config: Config) => void;
};

export type Current = {
  /** Reads the files now. Throws a ConfigError: then what was in force stays. */
  read(): Promise<Reloaded>;
  close(): void;
};

/**
 * Keeps what is in force in step with its files, as far as that is possible without a restart, and tells the
 * operator. What has a mistake changes nothing.
 */
export function keepCurrent(
  source: Source,
  atStart: Config,
  { clock, logger, apply }: Surroundings,
): Current {
  let current = atStart;
  let last: Reloaded | OstlerError = { changed: [], waiting: [] };

  function onFound(found: Found): void {
    if (found.kind === 'refused') {
      last = found.error;
      logger.error({}, `the configuration in force stays: ${found.error.message}`);
      return;
    }
    const { config, changed, waiting } = takeOver(current, found.config);
    apply(config);
    current = config;
    last = { changed, waiting };
    logger.info({ changed }, 'the configuration was read anew');
    if (waiting.length > 0) logger.warn({ keys: waiting }, 'some changes wait for a restart');
  }

  function onBlind(cause: unknown): void {
    const hint = 'After a change send SIGHUP, or start again.';
    logger.warn({ hint, why: toOstlerError(cause).message }, 'changes of the configuration are not noticed');
  }

  const watch = watchConfig(source, atStart, { clock, onFound, onBlind });
  return {
    async read() {
      await watch.read();
      if (last instanceof Error) throw last;
      return last;
    },
    close: watch.close,
  };
}

import { toFailure } from '../errors.ts';
import type { ModelOptions } from '../path/job.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import { runnerOptionsOf } from './catalogue.ts';
import { type Load, readLoads } from './kept-loads.ts';
import type { Memory } from './memory.ts';
import type { Settings } from './settings.ts';

/**
 * The options that Ollama loads a model again for: those of its load stay until its next one, whatever the
 * configuration says by then, and whoever loaded it. They outlive us, as the models do.
 */
export type LoadedOptions = {
  /** Takes over what earlier processes loaded. Never throws. */
  open(): Promise<void>;
  /** Those of a load that begins. */
  take(tag: string): ModelOptions;
  of(tag: string): ModelOptions;
  /** What is in memory was read. Models that have left it are loaded with what the configuration says then. */
  look(): void;
};

type Surroundings = {
  /** The server's address, fit to be shown. */
  readonly host: string;
  readonly memory: Pick<Memory, 'has' | 'isReady' | 'resident'>;
  readonly settings: () => Pick<Settings, 'models' | 'parallel'>;
  readonly store: Pick<Store, 'get' | 'set'>;
  readonly logger: Logger;
  readonly isOwner: () => boolean;
};

export function createLoadedOptions(surroundings: Surroundings): LoadedOptions {
  const { host, memory, settings, store, logger, isOwner } = surroundings;
  const key = `loaded-options:${host}`;
  const loads = new Map<string, Load>();
  let kept = '';
  let writing = Promise.resolve();
  const configured = (tag: string) => runnerOptionsOf(tag, settings().models);
  const contextOf = (tag: string) => memory.resident(tag)?.contextLength;

  function note(tag: string, load: Load): ModelOptions {
    loads.set(tag, load);
    return load.options;
  }

  function isOf({ options, shown }: Load, context: number): boolean {
    const wished = Number(options.num_ctx);
    // Servers before 0.11.5 show the context of all slots together, and what they had shown was wished for.
    const isOfAllSlots = shown === wished && context === wished * settings().parallel;
    return context === shown || context === wished || isOfAllSlots;
  }

  /** Of all that another client may have loaded it with, the server shows the context only. */
  function adapt(tag: string, options: ModelOptions, context: number): ModelOptions {
    const told = { model: tag, num_ctx: context, configured: options.num_ctx };
    logger.info(told, 'a model is used with the context that somebody else loaded it with');
    return note(tag, { options: { ...options, num_ctx: context }, shown: context });
  }

  /** Only what the server has shown: what is on its way in may never be there. */
  function keep(): void {
    const shown = [...loads].filter(([, load]) => load.shown !== undefined);
    const text = JSON.stringify(shown);
    if (text === kept) return;
    kept = text;
    writing = writing
      .then(() => store.set(key, Object.fromEntries(shown)))
      .catch((error: unknown) => logger.warn(toFailure(error), 'what models are loaded with cannot be kept'));
  }

  return {
    async open() {
      try {
        for (const [tag, load] of readLoads(await store.get(key))) loads.set(tag, load);
      } catch (error) {
        logger.warn(toFailure(error), 'what models were loaded with is not known');
      }
    },

    take: (tag) => note(tag, { options: configured(tag), shown: undefined }),

    of(tag) {
      const load = loads.get(tag) ?? { options: configured(tag), shown: undefined };
      // What is on its way in may be listed with a context that is not its last, and is nobody else's.
      const context = memory.isReady(tag) ? contextOf(tag) : undefined;
      if (context !== undefined && !isOf(load, context)) return adapt(tag, load.options, context);
      return note(tag, load);
    },

    look() {
      for (const [tag, { options, shown }] of loads) {
        if (!memory.has(tag)) loads.delete(tag);
        else if (shown === undefined && memory.isReady(tag)) note(tag, { options, shown: contextOf(tag) });
      }
      if (isOwner()) keep();
    },
  };
}

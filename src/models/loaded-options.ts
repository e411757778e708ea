import type { ModelOptions } from '../path/job.ts';
import { runnerOptionsOf } from './catalogue.ts';
import type { Memory } from './memory.ts';
import type { Settings } from './settings.ts';

/**
 * The options that Ollama loads a model again for: those of its load stay until its next one, whatever the
 * configuration says by then.
 */
export type LoadedOptions = {
  /** Those of a load that begins. */
  take(tag: string): ModelOptions;
  of(tag: string): ModelOptions;
  /** Models that have left the memory are loaded with what the configuration says then. */
  forgetGone(): void;
};

export function createLoadedOptions(
  memory: Pick<Memory, 'has'>,
  settings: () => Pick<Settings, 'models'>,
): LoadedOptions {
  const kept = new Map<string, ModelOptions>();

  function take(tag: string): ModelOptions {
    const options = runnerOptionsOf(tag, settings().models);
    kept.set(tag, options);
    return options;
  }

  return {
    take,
    of: (tag) => kept.get(tag) ?? take(tag),
    forgetGone() {
      for (const tag of kept.keys()) if (!memory.has(tag)) kept.delete(tag);
    },
  };
}

import type { Config, ModelConfig } from '../config/schema.ts';
import type { ModelOptions } from '../path/job.ts';
import type { Installed } from '../ports/models.ts';
import { normaliseTag, sameTag } from './tag.ts';

/** A model that has a short name in the config. */
export type NamedModel = { readonly alias: string; readonly tag: string } & Omit<ModelConfig, 'name'>;

export function namedModels(config: Config['llm']): readonly NamedModel[] {
  return Object.entries(config.models).map(([alias, model]) => {
    const { name, ...rest } =
      typeof model === 'string' ? { name: model, task_types: [], options: {}, pinned: false } : model;
    return { alias, tag: normaliseTag(name), ...rest };
  });
}

/** The tag behind an alias; a name that is no alias is a tag itself. */
export function tagOf(name: string, models: readonly NamedModel[]): string {
  return models.find((model) => model.alias === name)?.tag ?? normaliseTag(name);
}

export function findInstalled(tag: string, installed: readonly Installed[]): Installed | undefined {
  return installed.find((model) => model.tag === tag) ?? installed.find((model) => sameTag(model.tag, tag));
}

const RUNNER_OPTIONS = new Set(['num_ctx', 'num_batch', 'num_gpu', 'main_gpu', 'num_thread', 'use_mmap']);

/**
 * The options that Ollama reloads a model for (server/sched.go): always the same for one model, on every
 * load and every question.
 */
export function runnerOptionsOf(tag: string, models: readonly NamedModel[]): ModelOptions {
  const options = defined(findNamed(tag, undefined, models)?.options ?? {});
  return Object.fromEntries(Object.entries(options).filter(([key]) => RUNNER_OPTIONS.has(key)));
}

/** What else the config says of how a model answers: it may be another for every question. */
export function samplingOptionsOf(model: NamedModel | undefined): ModelOptions {
  const options = defined(model?.options ?? {});
  return Object.fromEntries(Object.entries(options).filter(([key]) => !RUNNER_OPTIONS.has(key)));
}

/** What the config says of a model, under the short name that was used if it has several. */
export function findNamed(
  tag: string,
  alias: string | undefined,
  models: readonly NamedModel[],
): NamedModel | undefined {
  const same = models.filter((model) => sameTag(model.tag, tag));
  return same.find((model) => model.alias === alias) ?? same[0];
}

/** Without the keys that are there but undefined: they would change what is sent. */
export function defined(options: Readonly<Record<string, ModelOptions[string] | undefined>>): ModelOptions {
  return Object.fromEntries(
    Object.entries(options).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

export function canChat(model: Installed): boolean {
  return model.capabilities === undefined || model.capabilities.includes('completion');
}

export function canSee(model: Installed): boolean {
  return model.capabilities?.includes('vision') ?? false;
}

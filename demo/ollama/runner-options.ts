import { type Body, isObject } from './body-types.ts';
import { badOption } from './errors.ts';
import type { SimulatedModel } from './models.ts';

const SMALLEST_CONTEXT = 4;

type OptionType = 'type integer' | 'type float32' | 'type boolean' | 'type array';

const OPTION_TYPES: Readonly<Record<string, OptionType>> = {
  num_keep: 'type integer',
  seed: 'type integer',
  num_predict: 'type integer',
  top_k: 'type integer',
  top_p: 'type float32',
  min_p: 'type float32',
  typical_p: 'type float32',
  repeat_last_n: 'type integer',
  temperature: 'type float32',
  repeat_penalty: 'type float32',
  presence_penalty: 'type float32',
  frequency_penalty: 'type float32',
  stop: 'type array',
  num_ctx: 'type integer',
  num_batch: 'type integer',
  num_gpu: 'type integer',
  main_gpu: 'type integer',
  use_mmap: 'type boolean',
  num_thread: 'type integer',
  draft_num_predict: 'type integer',
};

/** The options that a runner is started with: it has to be started again to change one. */
const RUNNER_OPTIONS = [
  'num_batch',
  'num_gpu',
  'main_gpu',
  'use_mmap',
  'num_thread',
  'draft_num_predict',
] as const;

/** The request's options over the model's own. Unknown ones are only logged. Throws a 500. */
export function mergeOptions(model: SimulatedModel, requested: unknown): Body {
  const options = isObject(requested) ? requested : {};
  for (const [name, value] of Object.entries(options)) {
    const type = Object.hasOwn(OPTION_TYPES, name) ? OPTION_TYPES[name] : undefined;
    if (type === undefined || value === null) continue;
    if (!isOfType(type, value)) throw badOption(name, type);
    if (Array.isArray(value) && value.some((item) => typeof item !== 'string')) {
      throw badOption(name, 'an array of strings');
    }
  }
  const given = Object.entries(options).filter(([, value]) => value !== null);
  return { ...model.parameters, ...Object.fromEntries(given) };
}

function isOfType(type: OptionType, value: unknown): boolean {
  if (type === 'type array') return Array.isArray(value);
  return typeof value === (type === 'type boolean' ? 'boolean' : 'number');
}

export type Runner = {
  readonly contextTokens: number;
  /** The context was nobody's wish: a load that runs out of memory may take less. */
  readonly contextIsAutomatic: boolean;
  /** Of all but the context: two requests with different keys cannot share a loaded runner. */
  readonly key: string;
};

/** How the model's runner has to be started for these options. */
export function runnerFor(
  model: SimulatedModel,
  options: Body,
  settings: { defaultContext: number; shift: boolean },
): Runner {
  const wanted = numberOf(options.num_ctx);
  const contextTokens = Math.min(
    model.contextLength,
    Math.max(SMALLEST_CONTEXT, Math.trunc(wanted ?? settings.defaultContext)),
  );
  const rest = RUNNER_OPTIONS.map((name) => options[name] ?? null);
  return {
    contextTokens,
    contextIsAutomatic: wanted === undefined,
    key: JSON.stringify([settings.shift, ...rest]),
  };
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

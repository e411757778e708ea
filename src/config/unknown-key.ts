import { runnerOptions } from './llm-schema.ts';
import { type Finding, listOr, type Path } from './mistakes.ts';
import { nearest } from './nearest.ts';
import { keysAt, placesOfKey, type Shape } from './shape.ts';

const MAX_PLACES = 3;

/** Where the keys of another common shape (`ollama:` and `models:` at the top) live here. */
const MOVED_OLLAMA: Readonly<Record<string, string>> = {
  base_url: 'llm.base_url',
  timeout: 'llm.timeouts.first_part_seconds',
  max_retries: 'llm.max_retries',
};

type Unknown = { readonly path: Path; readonly key: string; readonly value: unknown };

/** What to say about a key that the schema doesn't know at its place. */
export function explainUnknownKey({ path, key, value }: Unknown, shape: Shape): readonly Finding[] {
  const at = [...path, key];
  if (path.length === 0 && key === 'ollama') return explainOllama(value, shape);
  if (path.length === 0 && key === 'models') {
    return [{ path: at, message: 'lives at llm.models', fix: 'Move it under llm.' }, ...explainModels(value)];
  }
  if (key === 'quantization') return [quantization(at)];
  return [{ path: at, ...explain(path, key, shape) }];
}

function explain(path: Path, key: string, shape: Shape): { message: string; fix: string } {
  const siblings = keysAt(shape, path);
  const slip = nearest(key, siblings, 1);
  if (slip) return { message: 'unknown key', fix: `Did you mean "${slip}"?` };
  if (Object.hasOwn(runnerOptions.shape, key)) {
    return {
      message: 'belongs to a model: Ollama loads the model again when it changes',
      fix: `Write it at llm.models.ALIAS.options.${key}.`,
    };
  }
  const places = placesOfKey(shape, key);
  if (places.length > 0 && places.length <= MAX_PLACES) {
    return { message: 'unknown key here', fix: `${key} lives at ${listOr(places)}.` };
  }
  const near = nearest(key, siblings);
  if (near) return { message: 'unknown key', fix: `Did you mean "${near}"?` };
  return { message: 'unknown key', fix: `Known keys: ${siblings.join(', ')}.` };
}

function explainOllama(value: unknown, shape: Shape): readonly Finding[] {
  const keys = Object.keys(entriesOf(value));
  if (keys.length === 0)
    return [{ path: ['ollama'], message: 'unknown key', fix: 'Its options live at llm.' }];
  return keys.map((key) => {
    const place = MOVED_OLLAMA[key];
    if (!place) return { path: ['ollama', key], ...explain(['llm'], key, shape) };
    return { path: ['ollama', key], message: `lives at ${place}`, fix: 'Move it there.' };
  });
}

function explainModels(value: unknown): readonly Finding[] {
  return Object.entries(entriesOf(value))
    .filter(([, model]) => 'quantization' in entriesOf(model))
    .map(([alias]) => quantization(['models', alias, 'quantization']));
}

function quantization(path: Path): Finding {
  return {
    path,
    message: 'the quantization is part of the tag',
    fix: 'Write it in name, as in llama3:8b-instruct-q4_K_M, and remove this line.',
  };
}

function entriesOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

import type { Architecture, ModelDetails } from '../../src/ports/models.ts';

type Info = Readonly<Record<string, unknown>>;

/**
 * Reads the `model_info` of /api/show: GGUF keys under the architecture's name. Ollama leaves out the values of lists,
 * such as heads for each layer: what cannot be told from the rest is left out here too.
 */
export function readArchitecture(info: Info): Pick<ModelDetails, 'trainedContext' | 'architecture'> {
  const name = info['general.architecture'];
  // Parts of a model, such as the one that sees, have names of their own in between.
  const find = (key: string) => info[`${name}.${key}`];
  const trainedContext = countOf(find('context_length'));
  const architecture = readNumbers(find);
  return { ...(trainedContext && { trainedContext }), ...(architecture && { architecture }) };
}

function readNumbers(find: (key: string) => unknown): Architecture | undefined {
  const layers = countOf(find('block_count'));
  const embeddingLength = countOf(find('embedding_length'));
  const ofHeads = find('attention.head_count');
  if (!layers || !embeddingLength) return undefined;
  const heads = Array.isArray(ofHeads) ? countOf(Math.max(...ofHeads)) : countOf(ofHeads);
  // GGUF: where it is not there at all, each head keeps its own.
  const ofCache = find('attention.head_count_kv');
  const kvHeads = sumOverLayers(ofCache === undefined ? ofHeads : ofCache, layers);
  return heads && kvHeads !== undefined ? { layers, heads, kvHeads, embeddingLength } : undefined;
}

/** One number for every layer, or a list of them, in which layers without attention have 0. */
function sumOverLayers(value: unknown, layers: number): number | undefined {
  if (isCount(value)) return value * layers;
  if (!Array.isArray(value) || value.length < layers) return undefined;
  const ofLayers = value.slice(0, layers);
  return ofLayers.every(isCount) ? ofLayers.reduce((sum, heads) => sum + heads, 0) : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Undefined for 0: no model is without these. */
function countOf(value: unknown): number | undefined {
  return isCount(value) && value > 0 ? value : undefined;
}

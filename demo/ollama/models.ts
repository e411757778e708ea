import { createHash } from 'node:crypto';
import type { ModelSpec } from './model-spec.ts';
import { nameKey, parseName } from './names.ts';

const BYTES_PER_GB = 1e9;
/** A four-bit file, in bytes for each parameter. */
const BYTES_PER_PARAMETER = 0.61;
/** What a current gaming GPU reads in a second, which bounds the tokens. */
const GPU_BYTES_PER_SECOND = 750e9;
const FASTEST_TOKENS_PER_SECOND = 120;
const DEFAULT_CONTEXT = 8_192;
const FIRST_MODIFIED = Date.UTC(2026, 0, 1, 12);
const DAY_MS = 86_400_000;

/** Everything that a server knows of an installed model. */
export type SimulatedModel = {
  readonly tag: string;
  readonly fullName: string;
  readonly sizeBytes: number;
  readonly digest: string;
  /** The digest of the file; loads, the page cache and ties between victims go by it. */
  readonly blob: string;
  readonly modifiedAt: string;
  readonly capabilities: readonly string[];
  readonly contextLength: number;
  readonly parameterCount: number;
  readonly parameterSize: string;
  readonly quantization: string;
  readonly family: string;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly embeddingLength: number;
  readonly coldSeconds: number | undefined;
  readonly warmSeconds: number | undefined;
  readonly tokensPerSecond: number;
  readonly prefillSeconds: number | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** Layers, heads, heads of the cache and embedding length by parameters, after well-known models. */
const SHAPES: readonly { below: number; shape: readonly [number, number, number, number] }[] = [
  { below: 0.1e9, shape: [2, 4, 4, 64] },
  { below: 1.2e9, shape: [24, 14, 2, 896] },
  { below: 5e9, shape: [28, 24, 8, 3_072] },
  { below: 10e9, shape: [32, 32, 8, 4_096] },
  { below: 18e9, shape: [40, 40, 8, 5_120] },
  { below: 50e9, shape: [64, 40, 8, 5_120] },
  { below: Number.POSITIVE_INFINITY, shape: [80, 64, 8, 8_192] },
];

/** The models that the two design documents name, and their real architectures. */
export const DEFAULT_MODELS: readonly ModelSpec[] = [
  {
    tag: 'qwen2.5:32b',
    sizeGb: 19.9,
    parameterSize: '32.8B',
    family: 'qwen2',
    contextLength: 32_768,
    capabilities: ['completion', 'tools'],
  },
  {
    tag: 'deepseek-coder-v2:16b',
    sizeGb: 8.9,
    parameterSize: '15.7B',
    family: 'deepseek2',
    contextLength: 163_840,
    layers: 27,
    heads: 16,
    kvHeads: 16,
    embeddingLength: 2_048,
    tokensPerSecond: 110,
  },
  {
    tag: 'qwen2.5:7b',
    sizeGb: 4.7,
    parameterSize: '7.6B',
    family: 'qwen2',
    contextLength: 32_768,
    layers: 28,
    heads: 28,
    kvHeads: 4,
    embeddingLength: 3_584,
    capabilities: ['completion', 'tools'],
  },
  { tag: 'mermaid-mistral', sizeGb: 4.5, parameterSize: '7.2B', contextLength: 32_768 },
  {
    tag: 'codellama:13b-instruct-q4_K_M',
    sizeGb: 7,
    parameterSize: '13B',
    contextLength: 16_384,
    kvHeads: 40,
  },
  { tag: 'llama3:8b-instruct-q4_K_M', sizeGb: 4.7, parameterSize: '8.0B', contextLength: 8_192 },
];

/** What /api/pull finds besides the default models: one that sees, one that thinks, a small one. */
export const CATALOGUE: readonly ModelSpec[] = [
  ...DEFAULT_MODELS,
  { tag: 'qwen2.5:0.5b', sizeGb: 0.4, parameterSize: '494M', family: 'qwen2', contextLength: 32_768 },
  { tag: 'llava:7b', sizeGb: 4.7, parameterSize: '7B', capabilities: ['completion', 'vision'] },
  {
    tag: 'deepseek-r1:8b',
    sizeGb: 5.2,
    parameterSize: '8.2B',
    family: 'qwen3',
    contextLength: 131_072,
    capabilities: ['completion', 'thinking'],
  },
];

/** `age` orders modified_at: 0 is the newest. */
export function makeModel(spec: ModelSpec, age: number): SimulatedModel {
  const name = parseName(spec.tag);
  if (!name) throw new Error(`"${spec.tag}" is not a model name`);
  const sizeBytes = Math.round(spec.sizeGb * BYTES_PER_GB);
  const parameterCount = countOf(spec.parameterSize) ?? sizeBytes / BYTES_PER_PARAMETER;
  const [layers, heads, kvHeads, embeddingLength] = shapeOf(parameterCount);
  const { revision = '', template = '' } = spec;
  const digest = sha256(nameKey(name) + revision + template);
  return {
    tag: name.tag,
    fullName: name.full,
    sizeBytes,
    digest,
    blob: sha256(`file of ${nameKey(name)}${revision}`),
    modifiedAt: modifiedAt(digest, age),
    capabilities: spec.capabilities ?? ['completion'],
    contextLength: spec.contextLength ?? DEFAULT_CONTEXT,
    parameterCount: Math.round(parameterCount),
    parameterSize: spec.parameterSize ?? shownCount(parameterCount),
    quantization: /q\d\w*/i.exec(name.tag.split(':')[1] ?? '')?.[0].toUpperCase() ?? 'Q4_K_M',
    family: spec.family ?? 'llama',
    layers: spec.layers ?? layers,
    heads: spec.heads ?? heads,
    kvHeads: spec.kvHeads ?? kvHeads,
    embeddingLength: spec.embeddingLength ?? embeddingLength,
    coldSeconds: spec.coldSeconds,
    warmSeconds: spec.warmSeconds,
    tokensPerSecond:
      spec.tokensPerSecond ?? Math.min(FASTEST_TOKENS_PER_SECOND, GPU_BYTES_PER_SECOND / sizeBytes),
    prefillSeconds: spec.prefillSeconds,
    parameters: spec.parameters ?? {},
  };
}

function shapeOf(parameters: number): readonly [number, number, number, number] {
  return SHAPES.find(({ below }) => parameters < below)?.shape ?? [32, 32, 8, 4_096];
}

function countOf(text: string | undefined): number | undefined {
  const factor = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 }[text?.at(-1) ?? ''];
  return text && factor ? Number(text.slice(0, -1)) * factor : undefined;
}

function shownCount(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)}B`;
  return count >= 1e6 ? `${(count / 1e6).toFixed(2)}M` : `${(count / 1e3).toFixed(0)}K`;
}

function modifiedAt(digest: string, age: number): string {
  const nanos = Number.parseInt(digest.slice(0, 7), 16).toString().padStart(9, '1').slice(0, 9);
  return new Date(FIRST_MODIFIED - age * DAY_MS).toISOString().replace(/\.\d+Z/, `.${nanos}Z`);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

import type { ModelOptions } from '../path/job.ts';
import type { Installed, ModelDetails } from '../ports/models.ts';

const MIB = 1_024 ** 2;
const GIB = 1_024 ** 3;

/** The context that Ollama takes by itself, by the memory of all GPUs (server/routes.go): for cards of 24 and 48 GiB. */
const DEFAULT_CONTEXTS = [
  { fromBytes: 47 * GIB, tokens: 262_144 },
  { fromBytes: 23 * GIB, tokens: 32_768 },
  { fromBytes: 0, tokens: 4_096 },
];

/** A key and a value, of two bytes each. */
const BYTES_PER_ENTRY = 4;

/** Prompts are read in larger pieces where there is context for it (server/sched.go), which takes room. */
const BATCHES = [
  { aboveTokens: 32_768, batch: 2_048 },
  { aboveTokens: 4_096, batch: 1_024 },
];
const SURCHARGES = [
  { fromBatch: 2_048, bytes: 2 * GIB },
  { fromBatch: 1_024, bytes: 768 * MIB },
];

/** Where nothing but the file is known: keys and values as a share of it, for each so many tokens; and at most. */
const GUESS = { share: 0.2, tokens: 8_192, most: 1 };

/** What a model takes of the memory, in bytes. */
export type Need = {
  readonly bytes: number;
  /** Seen on this server; by Ollama's own formula; or little more than the size of its file is known. */
  readonly basis: 'measured' | 'computed' | 'guessed';
  /**
   * What must have room for it beside others: before a load Ollama reckons and does not measure, and unloads others
   * by itself where its own figure is too large.
   */
  readonly besideBytes: number;
  /** It is never less: the file alone, where nothing was measured. */
  readonly leastBytes: number;
};

/** In tokens, for one answer; undefined: not known. */
type Context = {
  readonly tokens: number | undefined;
  /** Nobody wished for one: the server decides. */
  readonly isAutomatic: boolean;
};

type Model = Pick<Installed, 'sizeBytes'> & { readonly details: ModelDetails | undefined };

/** What it is loaded with: `batch` is num_batch, undefined where the server decides. */
type Load = {
  readonly tokens: number | undefined;
  readonly slots: number;
  readonly batch: number | undefined;
};

/** `gpuBytes` of all GPUs together; 0: there is none; undefined: not known. */
export function contextOf(
  details: ModelDetails | undefined,
  options: ModelOptions,
  gpuBytes: number | undefined,
): Context {
  const wished = optionOf('num_ctx', details, options);
  const asked = wished ?? defaultContext(gpuBytes);
  const trained = details?.trainedContext ?? Number.POSITIVE_INFINITY;
  const tokens = asked === undefined ? undefined : Math.min(asked, trained);
  return { tokens, isAutomatic: wished === undefined };
}

/** A runner option as the load has it: ours, else the model's own. */
export function optionOf(
  name: 'num_ctx' | 'num_batch',
  details: ModelDetails | undefined,
  options: ModelOptions,
): number | undefined {
  const value = Number(options[name] ?? details?.parameters[name]);
  return value > 0 ? value : undefined;
}

/** What Ollama reckons with (llm/llama_server.go, server/sched.go); it means to err on the large side. */
export function predictNeed({ sizeBytes, details }: Model, { tokens, slots, batch }: Load): Need {
  const answers = details?.capabilities.includes('completion') ?? true;
  const known = tokens === undefined ? undefined : details?.architecture;
  // A model that only embeds has one slot, and no batches to choose from.
  const inAll = (tokens ?? 0) * (answers ? slots : 1);
  const cacheBytes = known ? perToken(known) * inAll : guessCache(sizeBytes, inAll);
  const bytes = sizeBytes + cacheBytes + (answers ? surcharge(inAll, batch) : 0);
  return { bytes, basis: known ? 'computed' : 'guessed', besideBytes: bytes, leastBytes: sizeBytes };
}

function defaultContext(gpuBytes: number | undefined): number | undefined {
  if (gpuBytes === undefined) return undefined;
  return DEFAULT_CONTEXTS.find(({ fromBytes }) => gpuBytes >= fromBytes)?.tokens;
}

function perToken(architecture: NonNullable<ModelDetails['architecture']>): number {
  const { layers, heads, kvHeads, embeddingLength } = architecture;
  // Ollama takes one for each layer at the least.
  return BYTES_PER_ENTRY * Math.max(kvHeads, layers) * Math.floor(embeddingLength / heads);
}

function guessCache(sizeBytes: number, tokens: number): number {
  const share = (GUESS.share * tokens) / GUESS.tokens;
  return Math.round(sizeBytes * Math.min(GUESS.most, Math.max(GUESS.share, share)));
}

function surcharge(tokens: number, wished: number | undefined): number {
  const batch = wished ?? BATCHES.find(({ aboveTokens }) => tokens > aboveTokens)?.batch ?? 0;
  return SURCHARGES.find(({ fromBatch }) => batch >= fromBatch)?.bytes ?? 0;
}

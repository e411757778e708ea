import { z } from 'zod';
import { MOST_TTL_SECONDS } from '../cache/cacheable.ts';

/** The part of the schema about models and who answers what; each option with its default. */

const KEEP_ALIVE = /^(0|-?(\d+(\.\d+)?(ms|s|m|h))+)$/;

const keepAlive = z
  .union([z.string().regex(KEEP_ALIVE, 'must be a duration such as 30m, 90s or 1h30m'), z.number()])
  .describe("How long Ollama keeps a model after its last answer: '30m', or seconds; negative: for ever");

/** Ollama reloads a model when one of these changes, so they belong to a model, never to a rule. */
export const runnerOptions = z.strictObject({
  num_ctx: z.int().positive().optional().describe('Context length in tokens'),
  num_batch: z.int().positive().optional().describe('Prompt tokens handled at once'),
  num_gpu: z.int().min(0).optional().describe('Layers on the GPU'),
  main_gpu: z.int().min(0).optional().describe('Which GPU holds the small tensors'),
  num_thread: z.int().positive().optional().describe('CPU threads'),
  use_mmap: z.boolean().optional().describe('Map the model file instead of reading it'),
});

export const samplingOptions = z.strictObject({
  temperature: z.number().min(0).max(5).optional().describe("Left out: the model's own"),
  num_predict: z.int().min(-2).optional().describe('Longest answer in tokens; -1: no limit'),
  num_keep: z.int().min(-1).optional().describe('Tokens kept when the context overflows'),
  seed: z.int().optional().describe('The same seed gives the same answer'),
  top_k: z.int().min(0).optional().describe('Choose among this many likeliest tokens'),
  top_p: z.number().min(0).max(1).optional().describe('Choose among tokens of this total likelihood'),
  min_p: z.number().min(0).max(1).optional().describe('Least likelihood against the likeliest token'),
  typical_p: z.number().min(0).max(1).optional().describe('Locally typical sampling'),
  repeat_last_n: z.int().min(-1).optional().describe('How far back repetition is looked for'),
  repeat_penalty: z.number().optional().describe('Above 1: repeat less'),
  presence_penalty: z.number().optional().describe('Punish tokens that were used'),
  frequency_penalty: z.number().optional().describe('Punish tokens by how often they were used'),
  stop: z.array(z.string()).optional().describe('The answer ends before any of these'),
});

const modelOptions = z.strictObject({ ...runnerOptions.shape, ...samplingOptions.shape });

const format = z
  .union([z.literal('json'), z.record(z.string(), z.unknown())])
  .describe("'json', or a JSON schema that the answer must follow");

const think = z.union([z.boolean(), z.enum(['low', 'medium', 'high'])]);

export const model = z.strictObject({
  name: z.string().min(1).describe('The tag as `ollama list` shows it'),
  task_types: z.array(z.string().min(1)).default([]).describe('Tasks that rules may ask for by name'),
  size_gb: z.number().positive().optional().describe('Size of the download, said where it is not installed'),
  options: modelOptions.prefault({}).describe('Options of this model; num_ctx and the like belong here'),
  think: think.optional().describe('Whether a model that can think does; left out: it does'),
  pinned: z
    .boolean()
    .default(false)
    .describe('Stays in memory: never unloaded, loaded again when Ollama restarts'),
});

const rule = z.strictObject({
  pattern: z.string().min(1).describe('RE2 expression; upper and lower case are the same'),
  model: z.string().min(1).optional().describe('Alias or tag'),
  task: z.string().min(1).optional().describe('The model whose task_types list it'),
  confidence: z.number().min(0).default(1).describe('The matching rule with the highest one wins'),
  standalone: z.boolean().default(false).describe('Ask without the history of the conversation'),
  options: samplingOptions.prefault({}).describe('Sampling options for what this rule matches'),
  format: format.optional(),
  cache: z.boolean().default(true).describe('false: every answer is made anew'),
  cache_ttl: z
    .number()
    .positive()
    .max(MOST_TTL_SECONDS, `must be at most ${MOST_TTL_SECONDS}, which are 30 days`)
    .optional()
    .describe('How long its answers are given again, in seconds: shorter or longer than l2.ttl'),
});

export const llm = z.strictObject({
  provider: z.literal('ollama').default('ollama').describe('The kind of server'),
  base_url: z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://127.0.0.1:11434' })
    .default('http://127.0.0.1:11434')
    .describe('Where Ollama listens'),
  models: z
    .record(
      z.string().regex(/^[\w.-]+$/, 'may hold letters, digits, dots, - and _'),
      z.union([z.string().min(1), model]),
    )
    .default({})
    .describe('Short names: alias → tag, or an object'),
  options: samplingOptions.prefault({}).describe('Sampling options for every model'),
  system_prompt: z
    .string()
    .default('')
    .describe('Said to the model before every conversation; {date} and {name} are filled in'),
  parallel: z
    .int()
    .positive()
    .default(1)
    .describe("Answers at once from one model: Ollama's OLLAMA_NUM_PARALLEL"),
  max_retries: z.int().min(0).default(2).describe('How often a failed answer is tried again'),
  cache: z
    .strictObject({
      type: z
        .enum(['ram', 'ssd', 'none'])
        .default('ram')
        .describe('keep_alive and residents: ram 30m/3, ssd 2m/1, none 0/1'),
      max_models: z
        .int()
        .positive()
        .nullable()
        .default(null)
        .describe('Most models in memory; null: by type'),
      eviction: z
        .enum(['auto', 'lru', 'largest-first', 'immediate'])
        .nullable()
        .default(null)
        .describe(
          'Which model goes when one must; auto: whose going costs people least; null: auto for ram, else immediate',
        ),
      keep_alive: keepAlive
        .nullable()
        .default(null)
        .describe('How long a model stays after its last answer; null: by type'),
    })
    .prefault({})
    .describe('Which models stay in memory'),
  memory: z
    .strictObject({
      vram_gb: z
        .number()
        .positive()
        .nullable()
        .default(null)
        .describe(
          'What the models may fill on the GPU, in GiB, as cards are sold; null: asked of the GPU of this machine',
        ),
      preserve_models: z
        .array(z.string().min(1))
        .default([])
        .describe(
          'Aliases or tags that never make room for another model: it waits until they leave by themselves',
        ),
      auto_unload: z.boolean().default(true).describe('false: as confirm_before_unload'),
      confirm_before_unload: z
        .boolean()
        .default(false)
        .describe('Ask the person before another model leaves the memory for their question'),
      allow_spill: z
        .boolean()
        .default(true)
        .describe('Load what the GPU alone cannot hold; a part of it runs on the CPU'),
    })
    .prefault({})
    .describe('What fits, and what may go'),
  preload: z
    .array(z.string().min(1))
    .default([])
    .describe('Aliases or tags that are loaded at the start; none where idle models are unloaded at once'),
  return_to_default_minutes: z
    .number()
    .positive()
    .nullable()
    .default(10)
    .describe(
      'After so long with nothing to do the default model is loaded again if it had to make room; null: never',
    ),
  warm_up: z
    .boolean()
    .default(true)
    .describe('Load the model of a chat when somebody begins to type there, if that costs nobody anything'),
  staging: z
    .boolean()
    .default(true)
    .describe('Read the file of the model that comes next into memory while another one answers'),
  routing: z
    .strictObject({
      default: z
        .string()
        .min(1)
        .nullable()
        .default(null)
        .describe('Alias or tag; null: a loaded model, else the newest'),
      rules: z.array(rule).default([]).describe('Which questions go to which model'),
    })
    .prefault({})
    .describe('Who answers what'),
  timeouts: z
    .strictObject({
      load_seconds: z.number().positive().default(600).describe('A load that takes longer is given up'),
      first_part_seconds: z
        .number()
        .positive()
        .default(120)
        .describe('Longest silence before an answer begins'),
      between_parts_seconds: z.number().positive().default(60).describe('Longest silence within an answer'),
      status_seconds: z
        .number()
        .positive()
        .default(5)
        .describe('Longest silence of Ollama when it is asked what it has'),
    })
    .prefault({})
    .describe('When Ostler gives up'),
});

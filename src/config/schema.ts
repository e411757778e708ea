import { z } from 'zod';

/**
 * Every option of Ostler with its default: the only place where a default stands. `config/ostler.yaml`
 * shows them all; `config/ostler.schema.json` is generated from here.
 */

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

const model = z.strictObject({
  name: z.string().min(1).describe('The tag as `ollama list` shows it'),
  task_types: z.array(z.string().min(1)).default([]).describe('Tasks that rules may ask for by name'),
  size_gb: z.number().positive().optional().describe('Size of the download, said where it is not installed'),
  options: modelOptions.prefault({}).describe('Options of this model; num_ctx and the like belong here'),
  think: think.optional().describe('Whether a model that can think does; left out: it does'),
});

const rule = z.strictObject({
  pattern: z.string().min(1).describe('RE2 expression; upper and lower case are the same'),
  model: z.string().min(1).optional().describe('Alias or tag'),
  task: z.string().min(1).optional().describe('The model whose task_types list it'),
  confidence: z.number().min(0).default(1).describe('The matching rule with the highest one wins'),
  standalone: z.boolean().default(false).describe('Ask without the history of the conversation'),
  options: samplingOptions.prefault({}).describe('Sampling options for what this rule matches'),
  format: format.optional(),
});

const llm = z.strictObject({
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
  system_prompt: z.string().default('').describe('Said to the model before every conversation'),
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
        .enum(['lru', 'largest-first', 'immediate'])
        .nullable()
        .default(null)
        .describe('Which model goes when one must; null: lru for ram, else immediate'),
      keep_alive: keepAlive
        .nullable()
        .default(null)
        .describe('How long a model stays after its last answer; null: by type'),
    })
    .prefault({})
    .describe('Which models stay in memory'),
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

export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors'),
    llm: llm.prefault({}).describe('The models and who answers what'),
    queue: z
      .strictObject({
        expire_minutes: z
          .number()
          .positive()
          .default(30)
          .describe('A question that waits longer is given up'),
      })
      .prefault({})
      .describe('Questions that wait'),
    conversations: z
      .strictObject({
        keep: z.int().positive().default(500).describe('Questions and answers kept of each chat'),
        keep_days: z
          .number()
          .positive()
          .default(90)
          .describe('A chat that was silent for longer is forgotten'),
      })
      .prefault({})
      .describe('What was said'),
    files: z
      .strictObject({
        max_mb: z.number().positive().default(20).describe('Largest picture'),
        quota_mb: z.number().positive().default(500).describe('All pictures together; the oldest go first'),
      })
      .prefault({})
      .describe('Pictures'),
    web: z
      .strictObject({
        enabled: z.boolean().default(true).describe('The web page'),
        host: z.string().min(1).default('127.0.0.1').describe('Other than loopback only with a key'),
        port: z.int().min(0).max(65_535).default(8080).describe('0: any free one'),
        key: z
          .string()
          .default('')
          .describe('Asked of every visitor; empty: none, and only this machine is served'),
      })
      .prefault({})
      .describe('The page'),
    telegram: z
      .strictObject({
        token: z
          .string()
          .regex(/^(\d+:[\w-]+)?$/, 'must be a token as BotFather gives it, such as 1234:AbCd')
          .default('')
          .describe('From BotFather; empty: off'),
        streaming: z
          .enum(['edit', 'draft', 'off'])
          .default('edit')
          .describe('How an answer grows: in its message, as a draft (direct chats), or not'),
        api_url: z
          .url({ protocol: /^https?$/, error: 'must be an address such as https://api.telegram.org' })
          .default('https://api.telegram.org')
          .describe('The Bot API server'),
        webhook: z
          .strictObject({
            url: z
              .union([
                z.literal(''),
                z.url({ protocol: /^https?$/, error: 'must be an address such as https://bot.example.org/' }),
              ])
              .default('')
              .describe('Where Telegram reaches this bot from outside; empty: it is asked for news instead'),
            secret: z
              .string()
              .regex(/^[\w-]{0,256}$/, 'may hold letters, digits, _ and -')
              .default('')
              .describe('Sent by Telegram with every update'),
            host: z.string().min(1).default('127.0.0.1').describe('Where it listens for them'),
            port: z.int().min(0).max(65_535).default(8443).describe('0: any free one'),
          })
          .prefault({})
          .describe('Updates are sent here instead of being asked for'),
      })
      .prefault({})
      .describe('The Telegram bot'),
    access: z
      .strictObject({
        telegram: z
          .strictObject({
            users: z
              .array(z.int().positive())
              .default([])
              .describe('Numeric ids of the people who are served'),
          })
          .prefault({})
          .describe('On Telegram'),
      })
      .prefault({})
      .describe('Who may use the bot'),
    redis: z
      .strictObject({
        url: z
          .union([
            z.literal(''),
            z.url({ protocol: /^rediss?$/, error: 'must be an address such as redis://127.0.0.1:6379' }),
          ])
          .default('')
          .describe('Empty: files in data_dir'),
        prefix: z.string().min(1).default('ostler:').describe('Every key begins with it'),
        lock_seconds: z
          .number()
          .positive()
          .default(15)
          .describe('How soon the questions of an Ostler that was killed come back'),
      })
      .prefault({})
      .describe('Moves queue and conversations to Redis'),
    data_dir: z
      .string()
      .min(1)
      .default('data')
      .describe("Files of the running bot; relative to Ostler's folder"),
    shutdown_seconds: z
      .number()
      .min(0)
      .default(8)
      .describe('What runs may finish for this long; the rest is queued again'),
    log: z
      .strictObject({
        level: z
          .enum(['debug', 'info', 'warn', 'error'])
          .default('info')
          .describe('debug shows more of the why'),
        format: z
          .enum(['auto', 'pretty', 'json'])
          .default('auto')
          .describe('auto: pretty on a terminal, else JSON'),
      })
      .prefault({})
      .describe('One line per message, never its text'),
  })
  .describe('Configuration of Ostler');

export type Config = z.output<typeof configSchema>;
export type ModelConfig = z.output<typeof model>;

import { z } from 'zod';
import { responseCache } from './cache-schema.ts';
import { llm, type model } from './llm-schema.ts';
import { access, audit, limits } from './people-schema.ts';
import { discord, telegram } from './platforms-schema.ts';

/**
 * Every option of Ostler with its default: here and in the schemas that it imports, the only places where a default
 * stands. `config/ostler.yaml` shows them all; `config/ostler.schema.json` is generated from here.
 */

export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors'),
    llm: llm.prefault({}).describe('The models and who answers what'),
    response_cache: responseCache,
    queue: z
      .strictObject({
        expire_minutes: z
          .number()
          .positive()
          .default(30)
          .describe('A question that waits longer is given up'),
        answer_together: z
          .boolean()
          .default(false)
          .describe('What one person asks in a direct chat while they wait is answered as one question'),
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
    telegram,
    discord,
    access,
    limits,
    audit,
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

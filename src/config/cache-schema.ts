import { z } from 'zod';

const seconds = z.number().positive();
const milliseconds = z.int().positive();

export const responseCache = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether the same question may have the same answer'),
    scope: z
      .enum(['user', 'chat', 'shared'])
      .default('user')
      .describe('Who gets an answer again: its person, its chat, or everybody (only what stands alone)'),
    temperature_max: z
      .number()
      .min(0)
      .default(0.3)
      .describe('Answers that may turn out differently are kept up to this temperature, or with a seed'),
    l1: z
      .strictObject({
        max_entries: z.int().positive().default(1_000).describe('Most answers'),
        max_bytes: z.int().positive().default(64_000_000).describe('Most bytes'),
        ttl: seconds.default(300).describe('Longest life of an answer, in seconds'),
        tti: seconds.default(120).describe('Longest time without being asked for, in seconds'),
        // By `npm run bench -- cache`: on four traces W-TinyLFU has 82, 82, 77 and 84 % of the hits that are possible,
        // LRU 67, 65, 68 and 70 %. A hit costs it 40 ns more, and a set, once per answer, 0.2 µs.
        policy: z.enum(['lru', 'tinylfu']).default('tinylfu').describe('Which answers stay when it is full'),
      })
      .prefault({})
      .describe('In memory'),
    l2: z
      .strictObject({
        backend: z
          .enum(['none', 'sqlite', 'redis'])
          .nullable()
          .default(null)
          .describe('Where; null: redis where one is configured, else sqlite'),
        ttl: seconds.nullable().default(3_600).describe('Life of an answer, in seconds; null: for ever'),
        redis_url: z
          .union([
            z.literal(''),
            z.url({ protocol: /^rediss?$/, error: 'must be an address such as redis://127.0.0.1:6379' }),
          ])
          .default('')
          .describe('A Redis of its own; empty: redis.url'),
        prefix: z
          .string()
          .min(1)
          .nullable()
          .default(null)
          .describe('Before every key in Redis; null: redis.prefix and cache:'),
        connect_timeout_ms: milliseconds
          .default(1_000)
          .describe('How long a connection to Redis may take, in milliseconds'),
        operation_timeout_ms: milliseconds
          .default(100)
          .describe('How long Redis may take for an answer before it is done without it, in milliseconds'),
        max_mb: z
          .number()
          .positive()
          .default(200)
          .describe('Largest file of sqlite; the oldest answers go first'),
      })
      .prefault({})
      .describe('Kept for longer'),
  })
  .prefault({})
  .describe('Answers that are given again');

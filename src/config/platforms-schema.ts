import { z } from 'zod';
import { snowflake } from './snowflake.ts';

export const telegram = z
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
  .describe('The Telegram bot');

export const discord = z
  .strictObject({
    token: z
      .string()
      .regex(
        /^([\w-]+\.[\w-]+\.[\w-]+)?$/,
        'must be a token as the Developer Portal gives it, such as MTA1.GhT.4fB',
      )
      .default('')
      .describe('From the Developer Portal; empty: off'),
    streaming: z
      .enum(['edit', 'off'])
      .default('edit')
      .describe('How an answer grows: in its message, or not'),
    threads: z
      .boolean()
      .default(false)
      .describe('Opens a thread for every question in a channel of a server'),
    message_content: z
      .boolean()
      .default(false)
      .describe('Reads messages that do not mention it, in threads of its own; the portal must allow it'),
    development_guild: z
      .union([z.literal(''), snowflake])
      .default('')
      .describe('Id of the server where commands are registered, at once; empty: everywhere'),
    api_url: z
      .url({ protocol: /^https?$/, error: 'must be an address such as https://discord.com/api' })
      .default('https://discord.com/api')
      .describe('The Discord API server'),
  })
  .prefault({})
  .describe('The Discord bot');

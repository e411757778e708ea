import { z } from 'zod';
import { snowflake } from './snowflake.ts';

const telegramPeople = z.array(z.int().positive()).default([]);
const discordIds = z.array(snowflake).default([]);

export const access = z
  .strictObject({
    pairing: z
      .boolean()
      .default(true)
      .describe('Who is unknown gets a code in a direct chat, with which owner and admins let them in'),
    open_groups: z
      .boolean()
      .default(false)
      .describe(
        'Everybody in a group may begin anew, choose and load models and set its prompt, not its admins alone',
      ),
    telegram: z
      .strictObject({
        users: telegramPeople.describe('Numeric ids of the people who are served'),
        admins: telegramPeople.describe('The same, of those who let others in'),
        groups: z.array(z.int().negative()).default([]).describe('Numeric ids of the groups that are served'),
      })
      .prefault({})
      .describe('On Telegram'),
    discord: z
      .strictObject({
        users: discordIds.describe('Ids of the people who are served in direct messages'),
        admins: discordIds.describe('The same, of those who let others in'),
        guilds: discordIds.describe('Ids of the servers that are served'),
        channels: discordIds.describe('Ids of the only channels that are served there; empty: all'),
        roles: discordIds.describe('Ids of the only roles that are served there; empty: everybody'),
      })
      .prefault({})
      .describe('On Discord'),
    web: z
      .strictObject({
        role: z.enum(['user', 'admin']).default('user').describe('What everybody is who opens the page'),
      })
      .prefault({})
      .describe('On the page'),
  })
  .prefault({})
  .describe('Who may use the bot');

const limit = z.int().positive().nullable();

function limitsOf(messages: number, jobs: number, switches: number) {
  return z
    .strictObject({
      messages_per_minute: limit.default(messages).describe('Questions and commands; null: any number'),
      concurrent_jobs: limit
        .default(jobs)
        .describe('Questions that wait or are being answered; null: any number'),
      switches_per_minute: limit.default(switches).describe('Models chosen or loaded; null: any number'),
      tokens_per_day: limit.default(null).describe('Tokens read and written by models; null: any number'),
    })
    .prefault({});
}

export const limits = z
  .strictObject({
    per_person: limitsOf(30, 20, 6).describe('Of one person'),
    per_chat: limitsOf(60, 40, 12).describe('Of one chat, whoever asks'),
  })
  .prefault({})
  .describe('How much is taken; who is over it is told how long to wait');

export const audit = z
  .strictObject({
    max_mb: z.number().positive().default(5).describe('A file that is larger is put aside'),
    files: z.int().min(2).default(5).describe('How many are kept'),
  })
  .prefault({})
  .describe('Who did what, in audit.jsonl of data_dir; never texts');

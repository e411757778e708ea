import { ApplicationFlags, Routes } from 'discord.js';
import { z } from 'zod';
import { OstlerError } from '../../src/errors.ts';
import { isTokenRefused } from './api-errors.ts';
import { openRest } from './open-rest.ts';

const LIMIT_MS = 10_000;
const READS_CONTENT = ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;

const application = z.object({
  flags: z.int().optional(),
  approximate_guild_count: z.int().optional(),
  bot: z.object({ id: z.string(), username: z.string() }),
});

type DiscordFacts = {
  readonly username: string;
  readonly id: string;
  /** About how many servers the bot is in. */
  readonly guilds: number;
  /** Whether the Developer Portal lets it read messages that do not mention it. */
  readonly readsContent: boolean;
};

/** Who the bot is. Throws `bad_config` where the token is not valid, `unreachable` where nobody answers. */
export async function inspectDiscord(token: string, apiUrl: string): Promise<DiscordFacts> {
  const rest = openRest(token, apiUrl);
  try {
    const answer = await rest.get(Routes.currentApplication(), { signal: AbortSignal.timeout(LIMIT_MS) });
    const { bot, flags = 0, approximate_guild_count: guilds = 0 } = application.parse(answer);
    return { username: bot.username, id: bot.id, guilds, readsContent: (flags & READS_CONTENT) !== 0 };
  } catch (error) {
    throw toTrouble(error);
  }
}

/** What was thrown may hold more than people should read: it is not handed on. */
function toTrouble(error: unknown): OstlerError {
  if (isTokenRefused(error)) {
    return new OstlerError("Discord does not accept the bot's token.", {
      code: 'bad_config',
      hint: 'Copy it from the Developer Portal once more (discord.token, DISCORD_TOKEN).',
    });
  }
  return new OstlerError('Discord cannot be reached.', {
    code: 'unreachable',
    hint: 'Is this machine online, and discord.api_url right?',
  });
}

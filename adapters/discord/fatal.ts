import { GatewayCloseCodes as Codes } from 'discord.js';

export const TOKEN_REFUSED =
  'Copy the token from the Developer Portal once more (discord.token, DISCORD_TOKEN) and start Ostler again.';

/** Why Discord will refuse the bot again, and what to do about it. https://docs.discord.com/developers/topics/opcodes-and-status-codes */
export const GATEWAY_FATAL: Readonly<Partial<Record<Codes, string>>> = {
  [Codes.AuthenticationFailed]: TOKEN_REFUSED,
  [Codes.InvalidIntents]: 'This Ostler is too old or too new for Discord: update it.',
  [Codes.DisallowedIntents]:
    'Allow “Message Content Intent” in the Developer Portal (Bot, Privileged Gateway Intents), or set discord.message_content to false, and start Ostler again.',
  [Codes.InvalidAPIVersion]: 'This Ostler is too old for Discord: update it.',
  [Codes.InvalidShard]: 'Discord does not take this Ostler as one connection: update it.',
  [Codes.ShardingRequired]: 'The bot is in more servers than one connection may serve: leave some.',
};

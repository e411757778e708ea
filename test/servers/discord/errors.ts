import type { Json } from './wire.ts';

/** https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
const KNOWN = {
  notFound: [404, 0, '404: Not Found'],
  methodNotAllowed: [405, 0, '405: Method Not Allowed'],
  unauthorized: [401, 0, '401: Unauthorized'],
  unknownChannel: [404, 10_003, 'Unknown Channel'],
  unknownGuild: [404, 10_004, 'Unknown Guild'],
  unknownMember: [404, 10_007, 'Unknown Member'],
  unknownMessage: [404, 10_008, 'Unknown Message'],
  unknownUser: [404, 10_013, 'Unknown User'],
  unknownEmoji: [400, 10_014, 'Unknown Emoji'],
  unknownWebhook: [404, 10_015, 'Unknown Webhook'],
  unknownInteraction: [404, 10_062, 'Unknown interaction'],
  unknownCommand: [404, 10_063, 'Unknown application command'],
  alreadyAcknowledged: [400, 40_060, 'Interaction has already been acknowledged.'],
  tooLarge: [413, 40_005, 'Request entity too large'],
  missingAccess: [403, 50_001, 'Missing Access'],
  notInDirectMessages: [403, 50_003, 'Cannot execute action on a DM channel'],
  notItsAuthor: [403, 50_005, 'Cannot edit a message authored by another user'],
  emptyMessage: [400, 50_006, 'Cannot send an empty message'],
  cannotWriteToPerson: [403, 50_007, 'Cannot send messages to this user'],
  notText: [400, 50_008, 'Cannot send messages in a non-text channel'],
  missingPermissions: [403, 50_013, 'Missing Permissions'],
  wrongNumberToDelete: [
    400,
    50_016,
    'Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete',
  ],
  systemMessage: [403, 50_021, 'Cannot execute action on a system message'],
  invalidWebhookToken: [401, 50_027, 'Invalid Webhook Token'],
  tooOldToDelete: [400, 50_034, 'A message provided was too old to bulk delete'],
  threadArchived: [400, 50_083, 'Thread is archived'],
  badJson: [400, 50_109, 'The request body contains invalid JSON.'],
  threadExists: [400, 160_004, 'A thread has already been created for this message'],
} as const satisfies Readonly<Record<string, readonly [number, number, string]>>;

/** An answer that is no success. */
export class DiscordError extends Error {
  readonly status: number;
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Further fields of the body. */
  readonly fields: Json;

  constructor(
    [status, code, message]: readonly [number, number, string],
    fields: Json = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.headers = headers;
  }
}

export function refuse(what: keyof typeof KNOWN): DiscordError {
  return new DiscordError(KNOWN[what]);
}

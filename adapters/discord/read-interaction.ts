import { PermissionFlagsBits } from 'discord.js';
import type { Via } from '../../src/chat/message.ts';
import type { Presence } from '../../src/people/presence.ts';
import { addressOf } from './address.ts';
import { anInteraction, type DiscordInteraction } from './payloads.ts';
import { isThread } from './places.ts';
import { personOf } from './read-message.ts';

/** A token lives for 15 minutes; what is under way at its end must still arrive. */
const TOKEN_LIVES_MS = 14.5 * 60_000;
const EPHEMERAL = 64;

/** Somebody uses what the bot offers. */
export type Interaction = {
  readonly id: string;
  readonly token: string;
  readonly type: number;
  /** Resolves when what came before it in its channel has ended. */
  readonly turn: Promise<void>;
  readonly presence: Presence;
  /** Whether others see the place. */
  readonly isGuild: boolean;
  readonly isAdmin: boolean;
  readonly data: NonNullable<DiscordInteraction['data']>;
  /** The message whose button was pressed. */
  readonly message: { readonly id: string; readonly isPrivate: boolean } | undefined;
  /** How it is answered; with the application, so that no process has to ask for that. */
  via(isPrivate: boolean): Via;
};

/** `now` is when it came, in milliseconds since 1970. Undefined for what cannot be read; never throws. */
export function readInteraction(given: unknown, now: number, turn: Promise<void>): Interaction | undefined {
  const { data: sent } = anInteraction.safeParse(given);
  const user = sent?.member?.user ?? sent?.user;
  const channel = sent?.channel?.id ?? sent?.channel_id;
  if (!sent || !user || channel === undefined) return undefined;
  const { id, token, type, application_id, guild_id: guild, member, message, data = {} } = sent;
  const parent = sent.channel && isThread(sent.channel) ? sent.channel.parent_id : undefined;
  return {
    id,
    token,
    type,
    turn,
    presence: {
      address: parent === undefined ? addressOf(channel) : addressOf(parent, channel),
      person: personOf(user, member),
      kind: guild === undefined ? 'direct' : 'group',
      places: [guild, channel, parent].filter((place) => place !== undefined),
      roles: member?.roles ?? [],
    },
    isGuild: guild !== undefined,
    isAdmin: mayManage(member?.permissions),
    data,
    message: message && { id: message.id, isPrivate: ((message.flags ?? 0) & EPHEMERAL) !== 0 },
    via: (isPrivate) => ({
      token: `${application_id}/${token}`,
      until: now + TOKEN_LIVES_MS,
      private: isPrivate,
    }),
  };
}

function mayManage(permissions = ''): boolean {
  if (!/^\d{1,30}$/.test(permissions)) return false;
  const manage = PermissionFlagsBits.Administrator | PermissionFlagsBits.ManageGuild;
  return (BigInt(permissions) & manage) !== 0n;
}

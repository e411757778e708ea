import { refuse } from './errors.ts';
import type { ChatMessage } from './message.ts';
import { may, type Permission } from './permissions.ts';
import { type ChannelState, DIRECT, type GuildState } from './state.ts';
import type { World } from './world.ts';

/** A guild that the bot is in. Throws a 404. */
export function findGuild(world: World, id: string): GuildState {
  const guild = world.guilds.get(id);
  if (!guild) throw refuse('unknownGuild');
  if (!guild.members.has(world.bot.id)) throw refuse('missingAccess');
  return guild;
}

/** A channel that the bot sees. Throws a 404 or 403. */
export function findChannel(world: World, id: string): ChannelState {
  const channel = world.channels.get(id);
  if (!channel) throw refuse('unknownChannel');
  if (!may(channel, world.bot.id, 'view')) throw refuse('missingAccess');
  return channel;
}

/** A message that is not for one person alone. Throws a 404. */
export function findMessage(channel: ChannelState, id: string): ChatMessage {
  const message = channel.messages.get(id);
  if (!message || message.visibleTo !== undefined) throw refuse('unknownMessage');
  return message;
}

/** Throws a 403. */
export function demand(world: World, channel: ChannelState, permission: Permission): void {
  if (!may(channel, world.bot.id, permission)) throw refuse('missingPermissions');
}

/** Throws unless the bot may write there, and with these contents. */
export function demandSending(
  world: World,
  channel: ChannelState,
  { embeds, files }: { readonly embeds: boolean; readonly files: boolean },
): void {
  if (channel.type === DIRECT) {
    const person = world.users.get(channel.person?.id ?? '');
    if (!person?.acceptsDirect) throw refuse('cannotWriteToPerson');
    return;
  }
  demand(world, channel, channel.thread ? 'sendInThreads' : 'send');
  if (files) demand(world, channel, 'attach');
  // Embeds without the permission are dropped by clients, and refused by nobody; a bot's are refused.
  if (embeds) demand(world, channel, 'embed');
}

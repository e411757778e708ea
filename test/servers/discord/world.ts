import type { Events } from './events.ts';
import type { Files } from './files.ts';
import { INTENTS } from './intents.ts';
import { type Change, changeMessage, makeMessage, type NewMessage } from './make-message.ts';
import type { ChatMessage, HistoryEntry } from './message.ts';
import { may } from './permissions.ts';
import { renderMessage, renderPartialMember } from './render.ts';
import type { Dispatch } from './sessions.ts';
import type { ChannelState, GuildState, UserState } from './state.ts';
import type { Time } from './time.ts';
import type { Json, WireUser } from './wire.ts';

/** https://docs.discord.com/developers/resources/message: ephemeral ones come as if from a direct chat, without a guild. */
const EPHEMERAL_INTENT = INTENTS.directMessages;

/** All channels and persons, and what is written in them. */
export type World = {
  readonly bot: WireUser;
  readonly time: Time;
  readonly files: Files;
  /** The app may read messages that are not meant for it. */
  readonly readsContent: boolean;
  readonly users: Map<string, UserState>;
  readonly guilds: Map<string, GuildState>;
  readonly channels: Map<string, ChannelState>;
  /** Tells the bot, if it may see that channel. */
  tell(dispatch: Dispatch, channel?: ChannelState): void;
  post(channel: ChannelState, content: NewMessage): ChatMessage;
  edit(channel: ChannelState, message: ChatMessage, change: Change): ChatMessage;
  react(channel: ChannelState, message: ChatMessage, reactions: ChatMessage['reactions']): ChatMessage;
  remove(channel: ChannelState, messages: readonly ChatMessage[], by: 'bot' | 'person'): void;
  type(channel: ChannelState, user: string): void;
};

type Parts = Pick<World, 'bot' | 'time' | 'files' | 'readsContent'> & {
  readonly events: Events;
  readonly send: (dispatch: Dispatch) => void;
  readonly keep: number;
};

/** A channel's history keeps its last `keep` entries. */
export function createWorld(parts: Parts): World {
  const { bot, time, events, keep } = parts;
  const note = (channel: ChannelState, entry: HistoryEntry) => {
    channel.history.push(entry);
    if (channel.history.length > 2 * keep) channel.history.splice(0, channel.history.length - keep);
  };
  const record = (type: 'sent' | 'edited' | 'deleted', message: ChatMessage, by: 'bot' | 'person') => {
    const channel = world.channels.get(message.channel);
    if (channel) note(channel, { type, by, message, atMs: time.now() });
    events.emit({ type, by, channel: message.channel, message });
  };
  const authorOf = ({ from }: ChatMessage) => (from.id === bot.id ? 'bot' : 'person');
  const placeIn = (channel: ChannelState, newId = '') => ({
    channel,
    nowMs: time.now(),
    newId,
    isUser: (id: string) => world.users.has(id),
  });
  const tellMessage = (name: string, channel: ChannelState, message: ChatMessage, more: Json = {}) => {
    if (message.visibleTo !== undefined) {
      const data = (reads: boolean) => ({
        ...renderMessage(world, message, reads),
        channel_type: channel.type,
      });
      return world.tell({ name, intent: EPHEMERAL_INTENT, data });
    }
    const intent = channel.guild ? INTENTS.guildMessages : INTENTS.directMessages;
    const data = (reads: boolean) => ({ ...withPlace(world, channel, message, reads), ...more });
    world.tell({ name, intent, data }, channel);
  };

  const world: World = {
    ...parts,
    users: new Map(),
    guilds: new Map(),
    channels: new Map(),
    tell(dispatch, channel) {
      if (channel && !may(channel, bot.id, 'view')) return;
      parts.send(dispatch);
    },
    post(channel, content) {
      const message = makeMessage(placeIn(channel, time.snowflake()), content);
      channel.messages.set(message.id, message);
      if (message.visibleTo === undefined) channel.lastMessage = message.id;
      channel.typing.delete(message.from.id);
      record('sent', message, authorOf(message));
      tellMessage('MESSAGE_CREATE', channel, message, nonceOf(message));
      for (const person of message.pings) events.emit({ type: 'ping', channel: channel.id, person, message });
      return message;
    },
    edit(channel, message, change) {
      const edited = changeMessage(placeIn(channel), message, change);
      channel.messages.set(edited.id, edited);
      record('edited', edited, authorOf(edited));
      tellMessage('MESSAGE_UPDATE', channel, edited);
      return edited;
    },
    react(channel, message, reactions) {
      const changed = { ...message, reactions };
      channel.messages.set(changed.id, changed);
      note(channel, { type: 'reaction', message: changed, atMs: time.now() });
      events.emit({ type: 'reaction', channel: channel.id, message: changed });
      return changed;
    },
    remove(channel, messages, by) {
      for (const message of messages) {
        channel.messages.delete(message.id);
        record('deleted', message, by);
      }
      tellRemoved(world, channel, messages);
    },
    type(channel, user) {
      channel.typing.set(user, time.now());
      note(channel, { type: 'typing', user, atMs: time.now() });
      events.emit({ type: 'typing', channel: channel.id, user });
      if (user === bot.id) return;
      const intent = channel.guild ? INTENTS.guildTyping : INTENTS.directTyping;
      world.tell({ name: 'TYPING_START', intent, data: () => typingIn(channel, user, time.wall()) }, channel);
    },
  };
  return world;
}

/** A message says its nonce when it is made, and never again. */
export function nonceOf({ nonce }: ChatMessage): Json {
  return nonce === undefined ? {} : { nonce };
}

function tellRemoved(world: World, channel: ChannelState, messages: readonly ChatMessage[]): void {
  const [first, ...others] = messages;
  if (!first) return;
  const { guild } = channel;
  const secret = first.visibleTo !== undefined;
  const place = { channel_id: channel.id, ...(guild && !secret && { guild_id: guild.id }) };
  const intent = secret || !guild ? EPHEMERAL_INTENT : INTENTS.guildMessages;
  const one = { name: 'MESSAGE_DELETE', intent, data: () => ({ id: first.id, ...place }) };
  const ids = messages.map(({ id }) => id);
  const many = { name: 'MESSAGE_DELETE_BULK', intent, data: () => ({ ids, ...place }) };
  world.tell(others.length > 0 ? many : one, secret ? undefined : channel);
}

function typingIn(channel: ChannelState, user: string, wallMs: number): Json {
  const { guild, id } = channel;
  const member = guild?.members.get(user);
  return {
    channel_id: id,
    user_id: user,
    timestamp: Math.floor(wallMs / 1_000),
    ...(guild && { guild_id: guild.id }),
    ...(member && { member: { ...renderPartialMember(member), user: member.user } }),
  };
}

/** The fields that only the gateway adds. */
function withPlace(world: World, channel: ChannelState, message: ChatMessage, reads: boolean): Json {
  const { guild, type } = channel;
  const rendered = renderMessage(world, message, reads);
  if (!guild) return { ...rendered, channel_type: type };
  const member = guild.members.get(message.from.id);
  const mentions = message.mentions.map((id) => {
    const mentioned = guild.members.get(id);
    return { ...world.users.get(id)?.user, ...(mentioned && { member: renderPartialMember(mentioned) }) };
  });
  return {
    ...rendered,
    guild_id: guild.id,
    channel_type: type,
    mentions,
    ...(member && { member: renderPartialMember(member) }),
  };
}

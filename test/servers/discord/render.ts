import type { ChatMessage } from './message.ts';
import { permissionsIn } from './permissions.ts';
import { type ChannelState, DIRECT, type GuildState, type Member, type Role } from './state.ts';
import type { Json } from './wire.ts';
import type { World } from './world.ts';

const THREAD_TYPES = [10, 11, 12];

export function renderRole({ id, name, permissions, mentionable, position, ofBot }: Role): Json {
  return {
    id,
    name,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position,
    permissions: String(permissions),
    managed: ofBot !== undefined,
    ...(ofBot !== undefined && { tags: { bot_id: ofBot } }),
    mentionable,
    flags: 0,
  };
}

/** Without its user, as beside an author. */
export function renderPartialMember({ roles, joinedAt }: Member): Json {
  return {
    nick: null,
    avatar: null,
    roles: [...roles],
    joined_at: joinedAt,
    premium_since: null,
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
  };
}

export function renderMember(member: Member): Json {
  return { ...renderPartialMember(member), user: member.user };
}

export function renderChannel(channel: ChannelState): Json {
  const { id, type, name, guild, person, parent, thread, topic, overwrites, lastMessage } = channel;
  if (type === DIRECT)
    return { id, type, last_message_id: lastMessage, flags: 0, recipients: person ? [person] : [] };
  const base = {
    id,
    type,
    name,
    guild_id: guild?.id,
    last_message_id: lastMessage,
    flags: 0,
    rate_limit_per_user: 0,
  };
  if (!thread) {
    const permission_overwrites = overwrites.map(({ id: of, who, allow, deny }) => ({
      id: of,
      type: who === 'role' ? 0 : 1,
      allow: String(allow),
      deny: String(deny),
    }));
    return { ...base, parent_id: parent?.id ?? null, topic, position: 0, nsfw: false, permission_overwrites };
  }
  return {
    ...base,
    parent_id: parent?.id,
    owner_id: thread.owner,
    message_count: channel.messages.size,
    member_count: thread.members.size,
    total_message_sent: channel.messages.size,
    thread_metadata: {
      archived: thread.archived,
      locked: thread.locked,
      auto_archive_duration: thread.archiveMinutes,
      archive_timestamp: thread.createdAt,
      create_timestamp: thread.createdAt,
    },
  };
}

/** What GUILD_CREATE says: https://docs.discord.com/developers/events/gateway-events#guild-create */
export function renderGuild(world: World, guild: GuildState): Json {
  const bot = guild.members.get(world.bot.id);
  const own = [...world.channels.values()].filter((channel) => channel.guild === guild);
  const seen = own.filter((channel) => permissionsIn(channel, world.bot.id) !== 0n);
  const isThread = ({ type }: ChannelState) => THREAD_TYPES.includes(type);
  return {
    ...renderGuildItself(guild),
    joined_at: bot?.joinedAt,
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    members: bot ? [renderMember(bot)] : [],
    channels: seen.filter((channel) => !isThread(channel)).map(renderChannel),
    threads: seen.filter((channel) => isThread(channel) && !channel.thread?.archived).map(renderChannel),
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

export function renderGuildItself({ id, name, owner, roles }: GuildState): Json {
  return {
    id,
    name,
    icon: null,
    owner_id: owner,
    roles: [...roles.values()].map(renderRole),
    emojis: [],
    stickers: [],
    features: [],
    afk_timeout: 300,
    afk_channel_id: null,
    system_channel_id: null,
    system_channel_flags: 0,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    premium_tier: 0,
    preferred_locale: 'en-US',
    application_id: null,
  };
}

/** A message as the bot gets it; `readsContent`: it may read what is not meant for it. */
export function renderMessage(world: World, message: ChatMessage, readsContent: boolean): Json {
  const { id, channel: channelId, type, flags, origin } = message;
  const channel = world.channels.get(channelId);
  const shown = readsContent || isForBot(world, message);
  const userOf = (user: string) => world.users.get(user)?.user;
  const replied = message.replyTo === undefined ? undefined : channel?.messages.get(message.replyTo);
  const thread = message.thread === undefined ? undefined : world.channels.get(message.thread);
  return {
    id,
    channel_id: channelId,
    type,
    author: userOf(message.from.id),
    content: shown ? message.text : '',
    embeds: shown && (flags & 4) === 0 ? message.embeds : [],
    components: shown ? message.components : [],
    attachments: shown ? message.attachments.map((one) => world.files.render(channelId, one)) : [],
    mentions: message.mentions.map(userOf),
    mention_roles: message.mentionedRoles,
    mention_everyone: message.mentionsEveryone,
    timestamp: world.time.iso(message.sentAtMs),
    edited_timestamp: message.editedAtMs === undefined ? null : world.time.iso(message.editedAtMs),
    flags,
    tts: false,
    pinned: false,
    ...(message.from.id === world.bot.id &&
      origin && { application_id: world.bot.id, webhook_id: world.bot.id }),
    ...(message.replyTo !== undefined && {
      message_reference: {
        type: 0,
        channel_id: channelId,
        message_id: message.replyTo,
        guild_id: channel?.guild?.id,
      },
      referenced_message: replied
        ? renderMessage(world, { ...replied, replyTo: undefined }, readsContent)
        : null,
    }),
    ...(origin && {
      interaction_metadata: {
        id: origin.interaction,
        type: origin.type,
        user: userOf(origin.person),
        authorizing_integration_owners: {},
        ...(origin.name !== undefined && { name: origin.name }),
        ...(origin.message !== undefined && { interacted_message_id: origin.message }),
      },
    }),
    ...(message.reactions.length > 0 && {
      reactions: message.reactions.map(({ emoji, by }) => ({
        emoji: { id: null, name: emoji },
        count: by.length,
        count_details: { burst: 0, normal: by.length },
        burst_colors: [],
        me_burst: false,
        me: by.includes(world.bot.id),
      })),
    }),
    ...(thread && { thread: renderChannel(thread) }),
  };
}

/** https://docs.discord.com/developers/events/gateway#message-content-intent */
function isForBot(world: World, { from, channel, mentions }: ChatMessage): boolean {
  const direct = world.channels.get(channel)?.type === DIRECT;
  return direct || from.id === world.bot.id || mentions.includes(world.bot.id);
}

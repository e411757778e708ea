import type { Channel } from './channel.ts';
import { INTENTS } from './intents.ts';
import { openChannel } from './open-channel.ts';
import { type Permission, permissionBits, USUAL } from './permissions.ts';
import type { Person } from './person.ts';
import { renderChannel, renderGuild, renderMember, renderRole } from './render.ts';
import type { Stage } from './stage.ts';
import { type ChannelState, type GuildState, type Overwrite, type Role, TEXT } from './state.ts';
import type { Json, WireUser } from './wire.ts';

export type NewGuild = {
  readonly name: string;
  /** The first is the owner. */
  readonly members: readonly Person[];
  /** Besides what everyone may. */
  readonly botPermissions?: readonly Permission[];
  /** False: the bot is not in it, until it is added. */
  readonly withBot?: boolean;
};

type NewChannel = {
  /** Who may not see it: roles, or persons. */
  readonly hiddenFrom?: readonly { readonly id: string }[];
  readonly botMayNot?: readonly Permission[];
};

type NewRole = {
  readonly members?: readonly Person[];
  readonly mentionable?: boolean;
  readonly permissions?: readonly Permission[];
};

/** A server of people, as they call it. */
export type Guild = {
  readonly id: string;
  readonly name: string;
  channel(name: string, options?: NewChannel): Channel;
  deleteChannel(channel: Channel): void;
  /** Its `mention` is what people write. */
  role(name: string, options?: NewRole): { readonly id: string; readonly mention: string };
  joins(person: Person): void;
  leaves(person: Person): void;
  addBot(): void;
  kickBot(): void;
};

export function createGuild(stage: Stage, options: NewGuild): Guild {
  const { world } = stage;
  const { name, members, botPermissions = [], withBot = true } = options;
  const owner = members[0];
  if (!owner) throw new Error('A guild has an owner');
  const id = world.time.snowflake();
  const guild: GuildState = { id, name, owner: owner.id, roles: new Map(), members: new Map() };
  world.guilds.set(id, guild);
  const tell = (event: string, data: () => Json, intent: number = INTENTS.guilds) => {
    if (guild.members.has(world.bot.id)) world.tell({ name: event, intent, data });
  };
  const addRole = (role: Omit<Role, 'position'>) => {
    guild.roles.set(role.id, { ...role, position: guild.roles.size });
  };
  const addMember = (user: WireUser, roles: readonly string[] = []) => {
    guild.members.set(user.id, { user, roles: new Set(roles), joinedAt: world.time.iso() });
  };
  const everyone = {
    id,
    name: '@everyone',
    permissions: permissionBits(USUAL),
    mentionable: false,
    ofBot: undefined,
  };
  addRole(everyone);
  const botRole = world.time.snowflake();
  const addBot = () => {
    const permissions = permissionBits(botPermissions);
    addRole({ id: botRole, name: world.bot.username, permissions, mentionable: false, ofBot: world.bot.id });
    addMember(world.bot, [botRole]);
    tell('GUILD_CREATE', () => renderGuild(world, guild));
  };
  for (const { user } of members) addMember(user);
  if (withBot) addBot();

  return {
    id,
    name,
    channel(channelName, { hiddenFrom = [], botMayNot = [] } = {}) {
      const overwrites: Overwrite[] = hiddenFrom.map((one) => ({
        id: one.id,
        who: guild.roles.has(one.id) ? 'role' : 'member',
        allow: 0n,
        deny: permissionBits(['view']),
      }));
      if (botMayNot.length > 0) {
        overwrites.push({ id: world.bot.id, who: 'member', allow: 0n, deny: permissionBits(botMayNot) });
      }
      const state = openChannel(world, { type: TEXT, name: channelName, guild, overwrites });
      world.tell({ name: 'CHANNEL_CREATE', intent: INTENTS.guilds, data: () => renderChannel(state) }, state);
      return stage.channel(state);
    },
    deleteChannel(channel) {
      const state = world.channels.get(channel.id);
      if (!state) return;
      const below = ({ parent }: ChannelState) => parent === state;
      for (const thread of [...world.channels.values()].filter(below)) world.channels.delete(thread.id);
      world.channels.delete(state.id);
      tell('CHANNEL_DELETE', () => renderChannel(state));
    },
    role(roleName, { members: holders = [], mentionable = false, permissions = [] } = {}) {
      const role = { id: world.time.snowflake(), name: roleName, mentionable, ofBot: undefined };
      addRole({ ...role, permissions: permissionBits(permissions) });
      for (const holder of holders) guild.members.get(holder.id)?.roles.add(role.id);
      const made = guild.roles.get(role.id);
      if (made) tell('GUILD_ROLE_CREATE', () => ({ guild_id: id, role: renderRole(made) }));
      return { id: role.id, mention: `<@&${role.id}>` };
    },
    joins({ user }) {
      addMember(user);
      const member = guild.members.get(user.id);
      if (!member) return;
      tell('GUILD_MEMBER_ADD', () => ({ guild_id: id, ...renderMember(member) }), INTENTS.guildMembers);
    },
    leaves({ user }) {
      guild.members.delete(user.id);
      tell('GUILD_MEMBER_REMOVE', () => ({ guild_id: id, user }), INTENTS.guildMembers);
    },
    addBot,
    kickBot() {
      tell('GUILD_DELETE', () => ({ id }));
      guild.members.delete(world.bot.id);
      guild.roles.delete(botRole);
    },
  };
}

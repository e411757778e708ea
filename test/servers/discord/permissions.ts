import { type ChannelState, DIRECT, type GuildState } from './state.ts';

/** https://docs.discord.com/developers/topics/permissions#permissions-bitwise-permission-flags */
const BITS = {
  administrator: 3n,
  manageChannels: 4n,
  manageGuild: 5n,
  react: 6n,
  view: 10n,
  send: 11n,
  manageMessages: 13n,
  embed: 14n,
  attach: 15n,
  history: 16n,
  mentionEveryone: 17n,
  manageRoles: 28n,
  useCommands: 31n,
  manageThreads: 34n,
  createThreads: 35n,
  createPrivateThreads: 36n,
  sendInThreads: 38n,
} as const;

export type Permission = keyof typeof BITS;

const ALL = (1n << 50n) - 1n;

export function permissionBits(names: readonly Permission[]): bigint {
  return names.reduce((bits, name) => bits | (1n << BITS[name]), 0n);
}

/** What every member may do if nothing else is said. */
export const USUAL: readonly Permission[] = [
  'react',
  'view',
  'send',
  'embed',
  'attach',
  'history',
  'useCommands',
  'createThreads',
  'createPrivateThreads',
  'sendInThreads',
];

export function may(channel: ChannelState, user: string, permission: Permission): boolean {
  return (permissionsIn(channel, user) & permissionBits([permission])) !== 0n;
}

/** https://docs.discord.com/developers/topics/permissions#permission-overwrites */
export function permissionsIn(channel: ChannelState, user: string): bigint {
  const { guild } = channel;
  if (channel.type === DIRECT || !guild) return permissionBits(USUAL);
  const base = permissionsOf(guild, user);
  const member = guild.members.get(user);
  if (!member || base === ALL) return base;
  const { overwrites } = channel.parent ?? channel;
  const everyone = overwrites.filter(({ id }) => id === guild.id);
  const roles = overwrites.filter(({ id, who }) => who === 'role' && id !== guild.id && member.roles.has(id));
  const own = overwrites.filter(({ id, who }) => who === 'member' && id === user);
  let bits = base;
  for (const layer of [everyone, roles, own]) {
    for (const { deny } of layer) bits &= ~deny;
    for (const { allow } of layer) bits |= allow;
  }
  return (bits & permissionBits(['view'])) === 0n ? 0n : bits;
}

function permissionsOf(guild: GuildState, user: string): bigint {
  const member = guild.members.get(user);
  if (!member) return 0n;
  if (guild.owner === user) return ALL;
  const own = [...guild.roles.values()].filter(({ id }) => id === guild.id || member.roles.has(id));
  const bits = own.reduce((sum, { permissions }) => sum | permissions, 0n);
  return (bits & permissionBits(['administrator'])) === 0n ? bits : ALL;
}

import type { Config } from '../config/schema.ts';
import type { Known, Presence } from './presence.ts';
import { isBotAdmin, type Role, type Standing } from './role.ts';

type Access = Config['access'];

/** What somebody is in one place, by the configuration and by what is `known` of them. Pure. */
export function standingIn(access: Access, known: Known | undefined, presence: Presence): Standing {
  const { platform } = presence.address;
  // Whoever reaches the control socket owns the bot's files.
  if (platform === 'terminal') return 'owner';
  if (platform === 'web') return access.web.role;
  if (known?.role === 'blocked') return 'blocked';
  const role = roleOf(access, known, presence);
  if (presence.kind === 'direct') return role ?? 'stranger';
  return isServedPlace(access, presence, role) ? (role ?? 'user') : 'outside';
}

/** What somebody is on a platform, wherever they are; undefined: nobody named them. */
export function roleOf(
  access: Access,
  known: Known | undefined,
  { address, person }: Pick<Presence, 'address' | 'person'>,
): Role | undefined {
  const named = namedOn(access, address.platform);
  if (known?.role === 'owner') return 'owner';
  if (known?.role === 'admin' || named.admins.includes(person.id)) return 'admin';
  return known?.role === 'user' || named.users.includes(person.id) ? 'user' : undefined;
}

/** Whether the configuration names anybody or any place. */
export function namesSomebody({ telegram, discord }: Access): boolean {
  return [...Object.values(telegram), ...Object.values(discord)].some((ids) => ids.length > 0);
}

function namedOn({ telegram, discord }: Access, platform: string) {
  switch (platform) {
    case 'telegram':
      return { users: telegram.users.map(String), admins: telegram.admins.map(String) };
    case 'discord':
      return discord;
    default:
      return { users: [], admins: [] };
  }
}

function isServedPlace({ telegram, discord }: Access, presence: Presence, role: Role | undefined): boolean {
  const { address, places, roles } = presence;
  const holds = (ids: readonly (string | number)[]) => ids.some((id) => places.includes(String(id)));
  switch (address.platform) {
    case 'telegram':
      return holds(telegram.groups);
    case 'discord': {
      const isChannel = discord.channels.length === 0 || holds(discord.channels);
      const isForAll = discord.roles.length === 0 || (role !== undefined && isBotAdmin(role));
      return (
        holds(discord.guilds) && isChannel && (isForAll || discord.roles.some((id) => roles.includes(id)))
      );
    }
    default:
      return false;
  }
}

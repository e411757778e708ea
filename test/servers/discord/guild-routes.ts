import { findGuild } from './access.ts';
import { bodyOf, type Call, type Route } from './call.ts';
import { refuse } from './errors.ts';
import { applicationFlags, type Privileged } from './intents.ts';
import { may } from './permissions.ts';
import { renderChannel, renderGuildItself, renderMember, renderRole } from './render.ts';
import type { ChannelState } from './state.ts';
import type { World } from './world.ts';

type Parts = {
  readonly world: World;
  readonly privileged: readonly Privileged[];
  readonly openDirect: (person: string) => ChannelState | undefined;
};

/** The bot itself, persons and guilds: https://docs.discord.com/developers/resources/guild */
export function guildRoutes({ world, privileged, openDirect }: Parts): readonly Route[] {
  const find = (call: Call) => findGuild(world, call.param('guild'));
  const application = () => aboutApplication(world, privileged);
  return [
    {
      method: 'GET',
      path: '/users/@me',
      handle: () => ({ ...world.bot, verified: true, mfa_enabled: true, flags: 0 }),
    },
    { method: 'GET', path: '/applications/@me', handle: application },
    { method: 'GET', path: '/oauth2/applications/@me', handle: application },
    {
      method: 'GET',
      path: '/users/:user',
      handle: (call) => {
        const known = world.users.get(call.param('user'));
        if (!known) throw refuse('unknownUser');
        return known.user;
      },
    },
    {
      method: 'POST',
      path: '/users/@me/channels',
      handle: (call) => {
        const channel = openDirect(String(bodyOf(call).recipient_id));
        if (!channel) throw refuse('cannotWriteToPerson');
        return renderChannel(channel);
      },
    },
    { method: 'GET', path: '/guilds/:guild', handle: (call) => renderGuildItself(find(call)) },
    {
      method: 'GET',
      path: '/guilds/:guild/channels',
      handle: (call) => {
        const guild = find(call);
        const own = [...world.channels.values()].filter(
          (channel) => channel.guild === guild && !channel.thread,
        );
        return own.filter((channel) => may(channel, world.bot.id, 'view')).map(renderChannel);
      },
    },
    {
      method: 'GET',
      path: '/guilds/:guild/roles',
      handle: (call) => [...find(call).roles.values()].map(renderRole),
    },
    {
      method: 'GET',
      path: '/guilds/:guild/members/:user',
      handle: (call) => {
        const member = find(call).members.get(call.param('user'));
        if (!member) throw refuse('unknownMember');
        return renderMember(member);
      },
    },
    {
      method: 'GET',
      path: '/guilds/:guild/members',
      handle: (call) => {
        const guild = find(call);
        if (!privileged.includes('members')) throw refuse('missingAccess');
        return [...guild.members.values()].slice(0, Number(call.query.limit ?? 1)).map(renderMember);
      },
    },
  ];
}

/** https://docs.discord.com/developers/resources/application */
function aboutApplication({ bot, guilds }: World, privileged: readonly Privileged[]) {
  return {
    id: bot.id,
    name: bot.username,
    icon: null,
    description: '',
    summary: '',
    bot,
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    team: null,
    owner: null,
    flags: applicationFlags(privileged),
    approximate_guild_count: [...guilds.values()].filter(({ members }) => members.has(bot.id)).length,
  };
}

import { applicationFlags, INTENTS, type Privileged } from './intents.ts';
import { renderGuild } from './render.ts';
import type { Session, Sessions } from './sessions.ts';
import type { World } from './world.ts';

type Door = { readonly sessions: Sessions; readonly url: string; readonly privileged: readonly Privileged[] };

/** READY and the guilds: https://docs.discord.com/developers/events/gateway-events#ready */
export function greet(world: World, session: Session, { sessions, url, privileged }: Door): void {
  const guilds = [...world.guilds.values()].filter(({ members }) => members.has(world.bot.id));
  const ready = {
    v: 10,
    user: { ...world.bot, verified: true, mfa_enabled: true, flags: 0 },
    guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
    session_id: session.id,
    resume_gateway_url: `${url}/resume`,
    shard: [0, 1],
    application: { id: world.bot.id, flags: applicationFlags(privileged) },
  };
  sessions.tell({ name: 'READY', intent: 0, data: () => ready }, session);
  for (const guild of guilds) {
    const data = () => renderGuild(world, guild);
    sessions.tell({ name: 'GUILD_CREATE', intent: INTENTS.guilds, data }, session);
  }
}

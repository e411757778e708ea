import { findGuild } from './access.ts';
import { bodyOf, type Call, type Route, withStatus } from './call.ts';
import { type Command, checkCommands, SLASH } from './command.ts';
import { refuse } from './errors.ts';
import type { Events } from './events.ts';
import { wrongField } from './form.ts';
import { isObject, type Json } from './wire.ts';
import type { World } from './world.ts';

/** The commands that the bot has registered; without a guild, everywhere. */
export type Commands = {
  readonly routes: readonly Route[];
  registered(guild?: string): readonly Command[];
  /** How often they were overwritten as a whole. */
  overwrites(guild?: string): number;
  /** The one that people use there: a guild's own comes first. */
  find(name: string, type: number, guild: string | undefined): Command | undefined;
};

type Shelf = { commands: readonly Command[]; overwrites: number };

export function createCommands(world: World, events: Events): Commands {
  const shelves = new Map<string | undefined, Shelf>();
  const shelfOf = (guild: string | undefined) => {
    const shelf = shelves.get(guild) ?? { commands: [], overwrites: 0 };
    shelves.set(guild, shelf);
    return shelf;
  };
  const put = (guild: string | undefined, commands: readonly Command[]) => {
    shelfOf(guild).commands = commands;
    events.emit({ type: 'commands', guild, names: commands.map(({ name }) => name) });
  };
  const make = (guild: string | undefined, body: Json, id?: string): Command => {
    const { name, description = '', type = SLASH, options = [], ...others } = body;
    const known = shelfOf(guild).commands.find((one) => one.name === name && one.type === type);
    return {
      default_member_permissions: null,
      nsfw: false,
      ...(guild === undefined && { dm_permission: true, contexts: null, integration_types: [0] }),
      ...others,
      ...(guild !== undefined && { guild_id: guild }),
      id: id ?? known?.id ?? world.time.snowflake(),
      application_id: world.bot.id,
      version: world.time.snowflake(),
      name: String(name),
      type: Number(type),
      description: String(description),
      options: options as readonly Json[],
    };
  };
  const guildOf = (call: Call) => {
    if (call.param('application') !== world.bot.id) throw refuse('missingAccess');
    const id = call.param('guild');
    return id === '' ? undefined : findGuild(world, id).id;
  };
  const findOne = (call: Call) => {
    const guild = guildOf(call);
    const command = shelfOf(guild).commands.find(({ id }) => id === call.param('command'));
    if (!command) throw refuse('unknownCommand');
    return { guild, command };
  };
  const routesAt = (path: string): readonly Route[] => [
    { method: 'GET', path, handle: (call) => shelfOf(guildOf(call)).commands },
    {
      method: 'PUT',
      path,
      handle: (call) => {
        const guild = guildOf(call);
        if (!Array.isArray(call.body)) {
          throw wrongField('', 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
        }
        checkCommands(call.body, true);
        shelfOf(guild).overwrites += 1;
        put(
          guild,
          call.body.filter(isObject).map((body) => make(guild, body)),
        );
        return shelfOf(guild).commands;
      },
    },
    {
      method: 'POST',
      path,
      handle: (call) => {
        const guild = guildOf(call);
        const body = bodyOf(call);
        checkCommands([body], false);
        const made = make(guild, body);
        const { commands } = shelfOf(guild);
        const isNew = commands.every(({ id }) => id !== made.id);
        put(guild, [...commands.filter(({ id }) => id !== made.id), made]);
        return withStatus(isNew ? 201 : 200, made);
      },
    },
    { method: 'GET', path: `${path}/:command`, handle: (call) => findOne(call).command },
    {
      method: 'PATCH',
      path: `${path}/:command`,
      handle: (call) => {
        const { guild, command } = findOne(call);
        const body = { ...command, ...bodyOf(call), type: command.type };
        checkCommands([body], false);
        const made = make(guild, body, command.id);
        put(
          guild,
          shelfOf(guild).commands.map((one) => (one === command ? made : one)),
        );
        return made;
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:command`,
      handle: (call) => {
        const { guild, command } = findOne(call);
        put(
          guild,
          shelfOf(guild).commands.filter((one) => one !== command),
        );
      },
    },
  ];
  return {
    routes: [
      ...routesAt('/applications/:application/commands'),
      ...routesAt('/applications/:application/guilds/:guild/commands'),
    ],
    registered: (guild) => shelfOf(guild).commands,
    overwrites: (guild) => shelfOf(guild).overwrites,
    find(name, type, guild) {
      const own = guild === undefined ? [] : shelfOf(guild).commands;
      return [...own, ...shelfOf(undefined).commands].find((one) => one.name === name && one.type === type);
    },
  };
}

import { createTimedEvents } from '../../../demo/ollama/events.ts';
import { openPort } from '../../../demo/ollama/port.ts';
import { createFaults } from '../wire/faults.ts';
import { createRequestLog } from '../wire/request-log.ts';
import { createSurface } from '../wire/surface.ts';
import type { Route } from './call.ts';
import { type Channel, createChannel } from './channel.ts';
import { channelRoutes } from './channel-routes.ts';
import { createCommands } from './commands.ts';
import type { Asked, Events, Refusal } from './events.ts';
import { type Faults, fits } from './faults.ts';
import { createFiles } from './files.ts';
import { openGateway } from './gateway.ts';
import { gatewayRoutes } from './gateway-routes.ts';
import { guildRoutes } from './guild-routes.ts';
import { createGuild } from './guilds.ts';
import { createInteractions } from './interactions.ts';
import { createLimits } from './limits.ts';
import { messageRoutes } from './message-routes.ts';
import { openDirect } from './open-channel.ts';
import { createPerson } from './person.ts';
import { reactionRoutes } from './reaction-routes.ts';
import { greet } from './ready.ts';
import { createRouter } from './router.ts';
import type { Stage } from './stage.ts';
import type { Discord, DiscordOptions, Ping } from './surface.ts';
import { createTime } from './time.ts';
import { webhookRoutes } from './webhook-routes.ts';
import { makeUser } from './wire.ts';
import { createWorld } from './world.ts';

const HOST = '127.0.0.1';
const HEARTBEAT_MS = 41_250;
/** What Discord counts towards a ban. */
const INVALID = [401, 403, 429];

/** Starts a Discord for tests: REST and gateway on the wire, and the people who use it. */
export async function createDiscord(options: DiscordOptions = {}): Promise<Discord> {
  const { token = 'MTAwMA.nobody.nothing', limits: how = 'none', now = () => performance.now() } = options;
  const { heartbeatMs = HEARTBEAT_MS, privileged = [], keepRecords = 100_000 } = options;
  const time = createTime(now);
  const events: Events = createTimedEvents('The Discord of the tests', now);
  const bot = makeUser(time.snowflake(), 'Ostler', true);
  const pings: Ping[] = [];
  const faults: Faults = createFaults(fits);
  const log = createRequestLog<Asked, Refusal>({ events, now, keep: keepRecords, none: { code: undefined } });
  const limits = createLimits({
    on: how === 'real',
    now,
    wall: time.wall,
    refused: (route, retryAfterSeconds, global) =>
      events.emit({ type: 'refused', route, retryAfterSeconds, global }),
  });
  const files = createFiles(time, () => `http://${HOST}:${door.port}`);
  const readsContent = privileged.includes('content');
  const gateway = await openGateway({
    host: HOST,
    events,
    heartbeatMs,
    privileged,
    isToken: (given) => !revoked && given === token,
    greet: (session, sessions, url) => greet(world, session, { sessions, url, privileged }),
  });
  const send = gateway.sessions.tell;
  const world = createWorld({ bot, time, files, readsContent, events, keep: keepRecords, send });
  world.users.set(bot.id, { user: bot, locale: 'en-US', acceptsDirect: false });
  const commands = createCommands(world, events);
  const interactions = createInteractions(world, events);
  const routes: readonly Route[] = [
    ...gatewayRoutes(gateway.url),
    ...guildRoutes({ world, privileged, openDirect: (person) => openDirect(world, person) }),
    ...channelRoutes(world),
    ...messageRoutes(world),
    ...reactionRoutes(world),
    ...commands.routes,
    interactions.route,
    ...webhookRoutes(world, interactions),
  ];
  let revoked = false;
  const isAuthorized = (header: string | undefined) => !revoked && header === `Bot ${token}`;
  const handle = createRouter({ routes, isAuthorized, files, faults, limits, log });
  const door = await openPort({ port: 0, host: HOST, handle });
  events.on((event) => {
    if (event.type === 'ping')
      pings.push({ channel: event.channel, person: event.person, message: event.message.id });
  });

  const channels = new Map<string, Channel>();
  const stage: Stage = {
    world,
    commands,
    interactions,
    channel(state) {
      const known = channels.get(state.id) ?? createChannel(world, state);
      channels.set(state.id, known);
      return known;
    },
  };
  const countOf = (statuses: readonly number[]) =>
    log.all().filter(({ status = 0 }) => statuses.includes(status)).length;

  return {
    ...createSurface(events, faults, door),
    restUrl: `http://${HOST}:${door.port}/api`,
    gatewayUrl: gateway.url,
    token,
    bot,
    botMention: `<@${bot.id}>`,
    gateway: gateway.controls,
    person({ name, id = time.snowflake(), locale = 'en-US' }) {
      const state = { user: makeUser(id, name), locale, acceptsDirect: true };
      world.users.set(id, state);
      return createPerson(stage, state);
    },
    guild: (wanted) => createGuild(stage, wanted),
    channel(id) {
      const state = world.channels.get(id);
      return state && stage.channel(state);
    },
    requests: ({ method, route, channel } = {}) =>
      log
        .all()
        .filter(
          (request) =>
            (method === undefined || request.method === method) &&
            (route === undefined || request.route === route) &&
            (channel === undefined || request.channel === channel),
        ),
    invalidRequests: () => countOf(INVALID),
    refusals: () => countOf([429]),
    commands: (guild) => commands.registered(guild?.id),
    overwrites: (guild) => commands.overwrites(guild?.id),
    pings: () => [...pings],
    push: (name, data) => send({ name, intent: 0, data: () => data }),
    revoke() {
      revoked = true;
    },
    async close() {
      await gateway.close();
      await door.shut();
    },
  };
}

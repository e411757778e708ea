import type { Surface } from '../wire/surface.ts';
import type { Channel } from './channel.ts';
import type { Command } from './command.ts';
import type { DiscordEvent, ReceivedRequest } from './events.ts';
import type { Fault } from './faults.ts';
import type { GatewayControls } from './gateway.ts';
import type { Guild, NewGuild } from './guilds.ts';
import type { Privileged } from './intents.ts';
import type { Person } from './person.ts';
import type { Json, WireUser } from './wire.ts';

export type DiscordOptions = {
  readonly token?: string;
  /** `none`, the default: no 429s and no headers about them. */
  readonly limits?: 'real' | 'none';
  /** Monotonic milliseconds, for limits, interactions, typing and all times that tests see. Heartbeats are in real time. */
  readonly now?: () => number;
  readonly heartbeatMs?: number;
  /** The privileged intents that are switched on in the portal; none by default. */
  readonly privileged?: readonly Privileged[];
  /** How many requests, and entries in a channel's history, are remembered. */
  readonly keepRecords?: number;
};

type NewPerson = { readonly name: string; readonly id?: string; readonly locale?: string };

export type Ping = { readonly channel: string; readonly person: string; readonly message: string };

export type Discord = Surface<DiscordEvent, Fault> & {
  /** discord.js's `rest.api`. */
  readonly restUrl: string;
  /** What GET /gateway/bot says. */
  readonly gatewayUrl: string;
  readonly token: string;
  readonly bot: WireUser;
  /** How people mention the bot in a text. */
  readonly botMention: string;
  /** It goes on while REST is away. */
  readonly gateway: GatewayControls;
  person(person: NewPerson): Person;
  guild(options: NewGuild): Guild;
  /** A channel by its id, such as a thread that the bot opened. */
  channel(id: string): Channel | undefined;
  /** In order of arrival; `route` as in `/channels/:channel/messages`. */
  requests(
    which?: Partial<Pick<ReceivedRequest, 'method' | 'route' | 'channel'>>,
  ): readonly ReceivedRequest[];
  /** How many 401s, 403s and 429s the bot got. */
  invalidRequests(): number;
  /** How many 429s. */
  refusals(): number;
  /** The registered commands; without a guild, the global ones. */
  commands(guild?: Guild): readonly Command[];
  /** How often they were overwritten as a whole. */
  overwrites(guild?: Guild): number;
  /** The phones that rang, in order. */
  pings(): readonly Ping[];
  /** Dispatches anything to every session, as it is. */
  push(name: string, data: Json): void;
  /** The token is good no longer: 401, and 4004 at the next IDENTIFY or RESUME. */
  revoke(): void;
  close(): Promise<void>;
};

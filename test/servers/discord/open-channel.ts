import { type ChannelState, DIRECT, type GuildState, type Overwrite } from './state.ts';
import type { WireUser } from './wire.ts';
import type { World } from './world.ts';

type NewChannel = {
  readonly type: number;
  readonly name: string;
  readonly guild?: GuildState;
  readonly person?: WireUser;
  readonly overwrites?: readonly Overwrite[];
};

export function openChannel(
  world: World,
  { type, name, guild, person, overwrites = [] }: NewChannel,
): ChannelState {
  const state: ChannelState = {
    id: world.time.snowflake(),
    type,
    name,
    topic: null,
    guild,
    person,
    parent: undefined,
    thread: undefined,
    overwrites: [...overwrites],
    messages: new Map(),
    history: [],
    typing: new Map(),
    lastMessage: null,
  };
  world.channels.set(state.id, state);
  return state;
}

/** The person's direct chat with the bot; undefined where there is no such person. */
export function openDirect(world: World, person: string): ChannelState | undefined {
  const known = [...world.channels.values()].find(
    ({ type, person: one }) => type === DIRECT && one?.id === person,
  );
  const user = world.users.get(person)?.user;
  if (known || !user || user.bot) return known;
  return openChannel(world, { type: DIRECT, name: user.username, person: user });
}

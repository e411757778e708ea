import type { Channel } from './channel.ts';
import type { Commands } from './commands.ts';
import type { Interactions } from './interactions.ts';
import { may } from './permissions.ts';
import type { ChannelState } from './state.ts';
import type { World } from './world.ts';

/** What people act on. */
export type Stage = {
  readonly world: World;
  readonly commands: Commands;
  readonly interactions: Interactions;
  /** The same object for the same state. */
  channel(state: ChannelState): Channel;
};

export function stateOf({ world }: Stage, channel: string): ChannelState {
  const state = world.channels.get(channel);
  if (!state) throw new Error(`There is no channel ${channel}`);
  return state;
}

/** Throws where a person is not in the channel. */
export function checkPresent(state: ChannelState, person: string): void {
  const inside = state.guild ? may(state, person, 'view') : state.person?.id === person;
  if (!inside) throw new Error(`${person} does not see ${state.name}`);
}

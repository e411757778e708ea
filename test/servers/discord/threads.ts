import { refuse } from './errors.ts';
import { INTENTS } from './intents.ts';
import type { ChatMessage } from './message.ts';
import { may } from './permissions.ts';
import { renderChannel } from './render.ts';
import { type ChannelState, PUBLIC_THREAD } from './state.ts';
import type { WireUser } from './wire.ts';
import type { World } from './world.ts';

const HAS_THREAD = 32;
const THREAD_CREATED = 18;
const THREAD_STARTER = 21;
const A_DAY_MINUTES = 1_440;

type NewThread = {
  readonly name: string;
  readonly owner: WireUser;
  /** The message that it begins at. */
  readonly message?: ChatMessage | undefined;
  readonly type?: number;
  readonly archiveMinutes?: number;
};

/** Begins a thread, with what Discord itself writes into both. */
export function openThread(world: World, parent: ChannelState, wanted: NewThread): ChannelState {
  const { name, owner, message, type = PUBLIC_THREAD, archiveMinutes = A_DAY_MINUTES } = wanted;
  const createdAt = world.time.iso();
  const members = new Set([owner.id, world.bot.id]);
  const state = { owner: owner.id, createdAt, archived: false, locked: false, archiveMinutes, members };
  const thread: ChannelState = {
    id: message?.id ?? world.time.snowflake(),
    type,
    name,
    topic: null,
    guild: parent.guild,
    person: undefined,
    parent,
    thread: state,
    overwrites: [],
    messages: new Map(),
    history: [],
    typing: new Map(),
    lastMessage: null,
  };
  world.channels.set(thread.id, thread);
  const data = () => ({ ...renderChannel(thread), newly_created: true });
  world.tell({ name: 'THREAD_CREATE', intent: INTENTS.guilds, data }, thread);
  if (message) {
    world.edit(parent, message, { thread: thread.id, flags: message.flags | HAS_THREAD });
    world.post(thread, { from: owner, text: '', type: THREAD_STARTER });
  } else if (type === PUBLIC_THREAD) {
    world.post(parent, { from: owner, text: name, type: THREAD_CREATED });
  }
  return thread;
}

export function tellThread(world: World, thread: ChannelState): void {
  world.tell({ name: 'THREAD_UPDATE', intent: INTENTS.guilds, data: () => renderChannel(thread) }, thread);
}

/** Writing into an archived thread opens it again. Throws a 400 where it is locked. */
export function wakeThread(world: World, channel: ChannelState): void {
  const { thread } = channel;
  if (!thread?.archived) return;
  if (thread.locked && !may(channel, world.bot.id, 'manageThreads')) throw refuse('threadArchived');
  thread.archived = false;
  tellThread(world, channel);
}

import type { ChatMessage, HistoryEntry } from './message.ts';
import { type ChannelState, DIRECT } from './state.ts';
import type { World } from './world.ts';

const TYPING_LIVES_MS = 10_000;

/** A channel, thread or direct chat as tests see it. */
export type Channel = {
  readonly id: string;
  readonly kind: 'direct' | 'text' | 'thread';
  name(): string;
  /** What everybody sees, in order; for a person, what is for them alone, too. */
  messages(viewer?: { readonly id: string }): readonly ChatMessage[];
  message(id: string): ChatMessage | undefined;
  /** Those of the bot. */
  fromBot(viewer?: { readonly id: string }): readonly ChatMessage[];
  /** Everything that happened, with times, ephemeral messages too. */
  history(): readonly HistoryEntry[];
  /** The ids of those who seem to type. */
  typing(): readonly string[];
  botTypes(): boolean;
  /** A thread that is put away. */
  isArchived(): boolean;
};

export function createChannel(world: World, state: ChannelState): Channel {
  const messages: Channel['messages'] = (viewer) =>
    [...state.messages.values()].filter(
      ({ visibleTo }) => visibleTo === undefined || visibleTo === viewer?.id,
    );
  const typing = () =>
    [...state.typing].filter(([, atMs]) => world.time.now() - atMs < TYPING_LIVES_MS).map(([user]) => user);
  return {
    id: state.id,
    kind: state.type === DIRECT ? 'direct' : state.thread ? 'thread' : 'text',
    name: () => state.name,
    messages,
    message: (id) => state.messages.get(id),
    fromBot: (viewer) => messages(viewer).filter(({ from }) => from.id === world.bot.id),
    history: () => [...state.history],
    typing,
    botTypes: () => typing().includes(world.bot.id),
    isArchived: () => state.thread?.archived === true,
  };
}

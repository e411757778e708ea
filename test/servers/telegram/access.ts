import { type ChatState, GENERAL } from './chat-state.ts';
import { badRequest, forbidden } from './errors.ts';
import type { Parameters } from './parameters.ts';
import type { World } from './world.ts';

/** The chat that a request names, as long as the bot is in it. Throws the 400s and 403s for it. */
export function findChat(world: World, parameters: Parameters): ChatState {
  const name = parameters.text('chat_id')?.trim() ?? '';
  if (name === '') throw badRequest('chat_id is empty');
  const state = lookUp(world, name);
  if (!state) throw badRequest('chat not found');
  if (state.bot === 'kicked') {
    const kind = state.type === 'group' ? 'group chat' : `${state.type} chat`;
    throw forbidden(`bot was kicked from the ${kind}`);
  }
  return state;
}

export function lookUp({ chats }: World, name: string): ChatState | undefined {
  if (!name.startsWith('@')) return chats.get(Number(name));
  const wanted = name.slice(1).toLowerCase();
  return [...chats.values()].find(
    ({ type, username }) => type !== 'private' && username?.toLowerCase() === wanted,
  );
}

/** Throws the 403 for a person who has blocked the bot. */
export function checkBlocked(state: ChatState): void {
  if (state.bot === 'blocked') throw forbidden('bot was blocked by the user');
}

/** The thread of a send. General is named by no thread; only for a chat action it has its number. */
export function findThread(
  state: ChatState,
  parameters: Parameters,
  generalHasNumber = false,
): number | undefined {
  const thread = parameters.integer('message_thread_id');
  if (thread === undefined || thread === 0) return undefined;
  if (state.isForum && generalHasNumber && thread === GENERAL) return undefined;
  const topic = state.topics.get(thread);
  if (!topic) throw badRequest('message thread not found');
  if (topic.closed && state.bot !== 'administrator') throw badRequest('TOPIC_CLOSED');
  return thread;
}

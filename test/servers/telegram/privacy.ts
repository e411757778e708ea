import type { ChatState } from './chat-state.ts';
import type { ChatMessage } from './message.ts';
import type { World } from './world.ts';

/** Whether a bot in privacy mode gets it: https://core.telegram.org/bots/features#privacy-mode */
export function isForBot({ bot }: World, state: ChatState, message: ChatMessage): boolean {
  if (state.type === 'private' || state.type === 'channel' || state.bot === 'administrator') return true;
  if (message.service !== undefined) return true;
  const name = `@${bot.username}`.toLowerCase();
  const replied = message.replyTo === undefined ? undefined : state.messages.get(message.replyTo);
  if (replied?.from.id === bot.id) return true;
  return message.entities.some(({ type, offset, length }) => {
    const words = message.text.slice(offset, offset + length).toLowerCase();
    if (type === 'mention') return words === name;
    return type === 'bot_command' && (!words.includes('@') || words.endsWith(name));
  });
}

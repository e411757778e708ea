import type { Address, Message } from '../../src/chat/message.ts';
import type { TelegramOrigin, TelegramPlace, TelegramTitled, TelegramUser } from './update-schema.ts';

/** What a forum calls General: its messages carry no thread. */
const GENERAL = '1';
/** A message that the bot can no longer see: Telegram tells neither its date nor its thread. */
const INACCESSIBLE_DATE = 0;

type Chat = TelegramPlace['chat'];

export function addressOf(chat: Chat, thread: string | undefined): Address {
  return { platform: 'telegram', chat: String(chat.id), ...(thread !== undefined && { thread }) };
}

/** Only topics are threads; in an ordinary supergroup `message_thread_id` marks a row of replies. */
export function threadOf(place: TelegramPlace): string | undefined {
  if (place.is_topic_message && place.message_thread_id !== undefined) return String(place.message_thread_id);
  return place.chat.is_forum && place.date !== INACCESSIBLE_DATE ? GENERAL : undefined;
}

/** Undefined where it is no conversation: a channel, and the direct messages of one. */
export function kindOf({ type, is_direct_messages }: Chat): Message['kind'] | undefined {
  if (type === 'channel' || is_direct_messages) return undefined;
  return type === 'private' ? 'direct' : 'group';
}

export function personOf(user: Pick<TelegramUser, 'id' | 'first_name' | 'last_name'>): Message['person'] {
  const name = nameOf(user);
  return { id: String(user.id), ...(name !== undefined && { name }) };
}

export function nameOf({
  first_name = '',
  last_name = '',
  title = '',
}: Partial<TelegramTitled>): string | undefined {
  return title.trim() || `${first_name} ${last_name}`.trim() || undefined;
}

/** Who wrote what is passed on or replied to in another chat. */
export function authorOf(origin: TelegramOrigin): string | undefined {
  const { sender_user, sender_user_name, sender_chat, chat } = origin;
  return nameOf(sender_user ?? sender_chat ?? chat ?? { title: sender_user_name });
}

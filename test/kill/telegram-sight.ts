import type { Ollama } from '../../demo/ollama/ollama.ts';
import { jobIdOf } from '../../src/chat/message.ts';
import type { BotMessage } from './telegram-answer.ts';
import type { TelegramCrowd } from './telegram-crowd.ts';
import type { Somewhere } from './telegram-places.ts';
import type { TelegramQuestion } from './telegram-questions.ts';
import type { CallRecord } from './telegram-record.ts';
import type { Place, TelegramSeen } from './telegram-seen.ts';

/** What a message's job does not depend on. */
const NOTHING_ELSE = { person: { id: '' }, kind: 'direct', text: '', images: [], sentAt: 0 } as const;

type Happened = Pick<TelegramCrowd, 'sent'> & Pick<CallRecord, 'editTakenBy'>;

/** What was asked in a place, as far as it was sent. */
export function placeOf(
  { chat, thread, threadName, isGroup }: Somewhere,
  questions: readonly TelegramQuestion[],
  { sent, editTakenBy }: Happened,
): Place {
  const address = {
    platform: 'telegram',
    chat: String(chat.id),
    ...(threadName !== undefined && { thread: threadName }),
  };
  const asked = questions.flatMap((question) => {
    const message = sent.get(question.text)?.id;
    if (message === undefined) return [];
    return [
      {
        ...question,
        message,
        job: jobIdOf({ ...NOTHING_ELSE, id: String(message), address }),
        editTakenBy: editTakenBy(chat.id, message),
      },
    ];
  });
  return { chat: chat.id, thread, isGroup, questions: asked };
}

/** What the bot wrote in a chat, from its history alone. */
export function messagesOf({ history }: Somewhere['chat']): readonly BotMessage[] {
  const messages = new Map<number, BotMessage>();
  for (const [at, entry] of history().entries()) {
    if (!('message' in entry) || entry.type === 'reaction' || !entry.message.from.isBot) continue;
    const { chat, thread, id, replyTo, text } = entry.message;
    const buttons = entry.message.buttons.flat().map(({ text: label, data = '' }) => ({ label, data }));
    const before = messages.get(id);
    messages.set(id, {
      chat,
      thread,
      id,
      replyTo,
      looks: [...(before?.looks ?? []), { text, buttons }],
      settledAt: before?.looks.at(-1)?.text === text ? before.settledAt : at,
      deleted: entry.type === 'deleted',
    });
  }
  return [...messages.values()];
}

export function chatRequests(ollama: Ollama): TelegramSeen['requests'] {
  return ollama
    .requests()
    .flatMap(({ path, body }) => (path === '/api/chat' ? [body as TelegramSeen['requests'][number]] : []));
}

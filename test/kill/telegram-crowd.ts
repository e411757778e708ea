import type { ChatMessage } from '../servers/telegram/message.ts';
import type { Telegram } from '../servers/telegram/telegram.ts';
import type { Somewhere } from './telegram-places.ts';
import { questionIn, type TelegramQuestion } from './telegram-questions.ts';

/** Below a complete answer stands which model gave it. */
const COMPLETE = '🏠';

type Setup = {
  readonly telegram: Telegram;
  readonly places: readonly Somewhere[];
  /** Of each place. */
  readonly questions: readonly (readonly TelegramQuestion[])[];
  readonly random: () => number;
  /** A question is answered for the first time. */
  readonly onAnswer: () => void;
};

export type TelegramCrowd = {
  /** What was sent so far, by the question's first text. */
  readonly sent: ReadonlyMap<string, ChatMessage>;
  /** Resolves when every question has an answer. */
  readonly satisfied: Promise<unknown>;
  leave(): void;
};

/** In each place somebody who asks, and sometimes thinks better of it. They need no bot: Telegram keeps what they send. */
export function createTelegramCrowd({ telegram, places, questions, random, onAnswer }: Setup): TelegramCrowd {
  const sent = new Map<string, ChatMessage>();
  const answered = new Map(
    questions.flat().map(({ text }) => [text, Promise.withResolvers<void>()] as const),
  );
  const told = new Set<string>();
  const chats = new Map(places.map(({ chat }) => [chat.id, chat]));

  const off = telegram.on((event) => {
    if ((event.type !== 'sent' && event.type !== 'edited') || event.by !== 'bot') return;
    const { text, replyTo = 0 } = event.message;
    if (!text.includes(COMPLETE)) return;
    const head = text.startsWith('You asked') ? text : chats.get(event.chat)?.message(replyTo)?.text;
    const question = questionIn(head ?? '').replace(/ edited$/, '');
    if (!answered.has(question) || told.has(question)) return;
    told.add(question);
    onAnswer();
    answered.get(question)?.resolve();
  });

  async function ask(place: Somewhere, toAsk: readonly TelegramQuestion[]): Promise<void> {
    for (const { text, edited } of toAsk) {
      const message = place.ask(text);
      sent.set(text, message);
      // Some notice at once what they should have written, others when they see that it is taken.
      if (edited !== undefined && random() < 0.5) await telegram.when('confirmed', undefined, 60_000);
      if (edited !== undefined) place.edit(message, edited);
      // Some wait for the answer before they go on, some don't; in groups there is no hurry.
      if (place.isGroup || random() < 0.5) await answered.get(text)?.promise;
    }
  }

  const asking = places.map((place, at) => ask(place, questions[at] ?? []));
  return {
    sent,
    satisfied: Promise.all([...asking, ...[...answered.values()].map(({ promise }) => promise)]),
    leave: off,
  };
}

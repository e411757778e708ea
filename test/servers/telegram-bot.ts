import { onTestFinished } from 'vitest';
import type { Ollama, OllamaOptions } from '../../demo/ollama/ollama.ts';
import { simulatedOllama, type TestOstler, temporaryFolder, testOstler } from './ostler.ts';
import type { Chat } from './telegram/chat.ts';
import type { ChatMessage } from './telegram/message.ts';
import type { Person } from './telegram/person.ts';
import { createTelegram, type Telegram, type TelegramOptions } from './telegram/telegram.ts';
import { FIRST_GROUPS } from './telegram/world.ts';

export const ADA = 50_001;
const BEN = 50_002;

type Setup = {
  readonly ollama?: OllamaOptions;
  readonly telegram?: TelegramOptions;
  /** Sections of the configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly llm?: Readonly<Record<string, unknown>>;
};

/** A whole Ostler on a Telegram and an Ollama, each on the wire; Ada, Ben and the first groups are served. */
export type TelegramBot = {
  readonly telegram: Telegram;
  readonly ollama: Ollama;
  /** The one that runs. */
  readonly ostler: TestOstler;
  readonly ada: Person;
  readonly ben: Person;
  /** Ada's chat with the bot. */
  readonly chat: Chat;
  /** The first message of the bot, there or to come, that fits. */
  said(chat: Chat, fits: (message: ChatMessage) => boolean): Promise<ChatMessage>;
  /** The message of the bot that is the whole answer to this text. */
  answer(chat: Chat, text: string): Promise<ChatMessage>;
  /** The last turn of everything that the models were asked, in order. */
  asked(): readonly string[];
  /** Ends Ostler and starts it again, on the same data; some sections may be others now. */
  reopen(config?: Readonly<Record<string, unknown>>): Promise<TestOstler>;
};

export async function telegramBot(setup: Setup = {}): Promise<TelegramBot> {
  const telegram = await createTelegram(setup.telegram);
  onTestFinished(() => telegram.close());
  const ollama = await simulatedOllama({
    answer: ({ turns }) => echo(turns.at(-1)?.content ?? ''),
    ...setup.ollama,
  });
  const ada = telegram.person({ name: 'Ada', id: ADA });
  const ben = telegram.person({ name: 'Ben', id: BEN });
  const { telegram: section = {}, ...config } = setup.config ?? {};
  const input = {
    llm: { routing: { default: 'qwen2.5:7b' }, ...setup.llm },
    telegram: { token: telegram.token, api_url: telegram.url, ...(section as object) },
    access: { telegram: { users: [ADA, BEN], groups: FIRST_GROUPS } },
    data_dir: await temporaryFolder(),
    shutdown_seconds: 0,
    ...config,
  };
  let ostler = await testOstler(ollama, input);

  async function said(chat: Chat, fits: (message: ChatMessage) => boolean): Promise<ChatMessage> {
    const found = () => chat.fromBot().find(fits);
    await telegram.until(() => found() !== undefined);
    const message = found();
    if (!message) throw new Error('It was there a moment ago.');
    return message;
  }

  return {
    telegram,
    ollama,
    get ostler() {
      return ostler;
    },
    ada,
    ben,
    chat: ada.directChat(),
    said,
    answer: (chat, text) => said(chat, (message) => isAnswer(message, text)),
    asked: () => turnsOf(ollama).flatMap((turns) => turns.at(-1)?.content ?? []),
    async reopen(changed = {}) {
      await ostler.close();
      ostler = await testOstler(ollama, { ...input, ...changed });
      return ostler;
    },
  };
}

type SentTurn = { readonly role: string; readonly content: string; readonly images?: readonly string[] };

/** The turns of each question that reached Ollama. */
export function turnsOf(ollama: Ollama): readonly (readonly SentTurn[])[] {
  return ollama
    .requests()
    .filter(({ path }) => path === '/api/chat')
    .map(({ body }) => (body as { readonly messages?: readonly SentTurn[] }).messages ?? [])
    .filter((turns) => turns.length > 0);
}

/** The whole answers of models in a chat. */
export function whole(chat: Chat): readonly ChatMessage[] {
  return chat.fromBot().filter(({ text }) => text.includes('🏠'));
}

/** The texts of a message's buttons. */
export function buttonsOf({ buttons }: ChatMessage): readonly string[] {
  return buttons.flat().map(({ text }) => text);
}

/** What the simulated models answer here, so that an answer shows what was asked. */
function echo(question: string): string {
  return `You said: ${question}`;
}

/** Below an answer stands which model gave it. */
export function isAnswer({ text }: ChatMessage, question: string): boolean {
  return text.startsWith(echo(question)) && text.includes('🏠');
}

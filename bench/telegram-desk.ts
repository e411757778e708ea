import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Chat } from '../test/servers/telegram/chat.ts';
import type { ChatMessage } from '../test/servers/telegram/message.ts';
import type { Person } from '../test/servers/telegram/person.ts';
import { createTelegram, type Telegram } from '../test/servers/telegram/telegram.ts';
import { type Desk, MODEL, openDesk } from './desk.ts';

const SCRIPT = fileURLToPath(new URL('./telegram-bare.child.ts', import.meta.url));
const FIRST_PERSON = 50_001;
/** So short that it is never previewed: each answer is one of the 28 calls a second that Ostler asks of Telegram. */
const ANSWER = 'In a word: 7.';

type Writer = { readonly person: Person; readonly chat: Chat };

/** A Telegram of its own with so many people, each in a chat of their own with the bot. */
export type Crowd = {
  readonly telegram: Telegram;
  readonly writers: readonly Writer[];
};

export type TelegramDesk = Desk & { readonly crowd: Crowd };

/** Ostler on a Telegram where it serves so many people; it waits for updates. */
export async function openTelegramDesk(people: number, parallel: number): Promise<TelegramDesk> {
  const crowd = await gather(people);
  const { telegram, writers } = crowd;
  const desk = await openDesk({
    parallel,
    answer: ANSWER,
    sections: {
      telegram: { token: telegram.token, api_url: telegram.url },
      access: { telegram: { users: writers.map(({ person }) => person.id) } },
    },
  });
  await untilItPolls(telegram);
  return {
    ...desk,
    crowd,
    async close() {
      await desk.close();
      await telegram.close();
    },
  };
}

/** The control, on a Telegram of its own; it waits for updates. */
export async function startBareBot(people: number, ollamaUrl: string) {
  const crowd = await gather(people);
  const { telegram } = crowd;
  const child = fork(SCRIPT, [telegram.url, telegram.token, ollamaUrl, MODEL], { execArgv: [] });
  await untilItPolls(telegram);
  return {
    crowd,
    async close() {
      child.kill();
      await telegram.close();
    },
  };
}

/** The first `people` ask, one after the other; resolves once the answer was seen and the bot polls again. */
export function askInTurn({ telegram, writers }: Crowd, people: number): (text: string) => Promise<void> {
  let asked = 0;
  return async (text) => {
    const writer = writers[asked % people];
    asked += 1;
    if (!writer) throw new Error('There is nobody who could ask.');
    const { person, chat } = writer;
    const answered = telegram.when('sent', (event) => event.chat === chat.id && isAnswer(event.message));
    person.send(chat, text);
    await answered;
    await untilItPolls(telegram);
  };
}

export function isAnswer({ from, text }: ChatMessage): boolean {
  return from.isBot && text.startsWith(ANSWER);
}

async function gather(people: number): Promise<Crowd> {
  const telegram = await createTelegram({ limits: 'none', keepRecords: 100 });
  const writers = Array.from({ length: people }, (_, at) => {
    const person = telegram.person({ name: `Person ${at}`, id: FIRST_PERSON + at });
    return { person, chat: person.directChat() };
  });
  return { telegram, writers };
}

function untilItPolls(telegram: Telegram): Promise<void> {
  return telegram.until(() => telegram.pollers() === 1);
}

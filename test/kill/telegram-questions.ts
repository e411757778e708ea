import type { AnswerRequest } from '../../demo/ollama/words.ts';
import { answerTo } from './questions.ts';

const LONG_ONE_IN = 9;
const FEWEST_LONG_WORDS = 650;
const MORE_LONG_WORDS = 450;
const PARAGRAPH_WORDS = 50;
const EDITED_SHARE = 0.06;
const FOUND = /(?:code|talk) \d+ of place \d+ in round \d+(?: edited)?/;

/** What a person sends. Each text is found once. */
export type TelegramQuestion = {
  readonly text: string;
  /** What its person makes of it while it waits, or a little too late. */
  readonly edited?: string;
};

/** The questions of each place in the order of sending; `counts`: how many in each. */
export function makeTelegramQuestions(
  counts: readonly number[],
  seed: number,
  random: () => number,
): readonly (readonly TelegramQuestion[])[] {
  return counts.map((count, place) =>
    Array.from({ length: count }, (_, number) => {
      const kind = (place + number) % 3 === 0 ? 'code' : 'talk';
      const text = `${kind} ${number} of place ${place} in round ${seed}`;
      return random() < EDITED_SHARE ? { text, edited: `${text} edited` } : { text };
    }),
  );
}

/** The one complete answer to a text, as the model writes it: some are too long for one message. */
export function telegramAnswerTo(text: string): string {
  const sum = [...text].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  if (sum % LONG_ONE_IN !== 0) return answerTo(text);
  const words = Array.from({ length: FEWEST_LONG_WORDS + (sum % MORE_LONG_WORDS) }, (_, at) => `word${at}`);
  const paragraphs = words.map((word, at) => (at % PARAGRAPH_WORDS === 0 ? `\n\n${word}` : word));
  return `You asked: ${text}. ${paragraphs.join(' ')}\n\n[end of long answer]`;
}

export function modelFor(text: string): string {
  return text.startsWith('code') ? 'coder:7b' : 'talker:7b';
}

/** Which of the questions a text holds, as it was sent or as it was edited. */
export function questionIn(text: string): string {
  return FOUND.exec(text)?.[0] ?? '';
}

export function simulatedTelegramAnswer({ turns }: AnswerRequest): string {
  return telegramAnswerTo(questionIn(turns.findLast(({ role }) => role === 'user')?.content ?? ''));
}

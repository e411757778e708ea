import type { AnswerRequest } from '../../demo/ollama/words.ts';

const MARKER = '[end of answer]';
const FEWEST_WORDS = 5;
const MORE_WORDS = 40;

export type Question = {
  readonly id: string;
  readonly chat: string;
  readonly text: string;
};

/** Every chat's questions in the order of sending. Each text is found once. */
export function makeQuestions(
  chats: number,
  perChat: number,
  seed: number,
): readonly (readonly Question[])[] {
  return Array.from({ length: chats }, (_, chat) =>
    Array.from({ length: perChat }, (_, number) => ({
      id: `q-${seed}-${chat}-${number}`,
      chat: `chat-${chat}`,
      text: `${(chat + number) % 3 === 0 ? 'code' : 'talk'} ${number} of chat ${chat} in round ${seed}`,
    })),
  );
}

/** The one complete answer to a question. */
export function answerTo(text: string): string {
  const words =
    FEWEST_WORDS + ([...text].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % MORE_WORDS);
  return `You asked: ${text}. ${Array.from({ length: words }, (_, word) => `word${word}`).join(' ')} ${MARKER}`;
}

export function simulatedAnswer({ turns }: AnswerRequest): string {
  return answerTo(turns.findLast(({ role }) => role === 'user')?.content ?? '');
}

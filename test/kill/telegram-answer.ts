import { modelFor, telegramAnswerTo } from './telegram-questions.ts';

const SOURCE = '🏠';

/** A message of the bot, as it was at one moment. */
type Look = { readonly text: string; readonly buttons: readonly { label: string; data: string }[] };

/** A message of the bot through all of its looks, the last one last. */
export type BotMessage = {
  readonly chat: number;
  readonly thread: number | undefined;
  readonly id: number;
  readonly replyTo: number | undefined;
  readonly looks: readonly Look[];
  /** When it came to look as it does, in the order of its chat's events. */
  readonly settledAt: number;
  readonly deleted: boolean;
};

/** The messages of one complete answer, in order. */
export type Whole = readonly BotMessage[];

/** Whether the message begins the answer to this text. */
export function isHead({ looks }: BotMessage, text: string): boolean {
  return looks.some((look) => look.text.startsWith(`You asked: ${text}.`));
}

/** Every choice among the messages that is the whole answer to the text, with what stands below it. */
export function findWholes(messages: readonly BotMessage[], text: string): readonly Whole[] {
  const expected = wordsOf(telegramAnswerTo(text));
  return messages
    .filter((message) => isHead(message, text))
    .flatMap((head) => {
      const later = messages.filter(({ id, replyTo }) => replyTo === head.id && id > head.id);
      return goOn({ parts: [head], left: expected, later, model: modelFor(text) });
    });
}

type Way = {
  readonly parts: Whole;
  /** The words that the last part and those after it must show. */
  readonly left: readonly string[];
  readonly later: readonly BotMessage[];
  readonly model: string;
};

function goOn({ parts, left, later, model }: Way): readonly Whole[] {
  const part = parts.at(-1);
  const [body = '', ...footer] = (part?.looks.at(-1)?.text ?? '').split(SOURCE);
  const words = wordsOf(body);
  if (!words.every((word, at) => word === left[at])) return [];
  const open = left.slice(words.length);
  if (footer.length > 0) {
    const isRight = footer.length === 1 && footer[0]?.startsWith(` ${model} `) && open.length === 0;
    return isRight ? [parts] : [];
  }
  return later.flatMap((next, at) =>
    goOn({ parts: [...parts, next], left: open, later: later.slice(at + 1), model }),
  );
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

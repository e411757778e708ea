import { describeEnding } from '../chat/describe-answer.ts';
import type { Outcome } from '../chat/exchange.ts';
import { oneLine } from '../chat/one-line.ts';
import type { Content } from './messages.ts';
import type { Platform } from './platform.ts';

/** Markdown as messages. */
export function partsOf(markdown: string, platform: Platform): readonly Content[] {
  return platform.createParts().parts(markdown).map(platform.render);
}

/** Words of ours in one message, without formatting: what somebody called a thing in them may be endless. */
export function plainOf(words: string, platform: Platform): Content {
  const whole = platform.plain(words);
  if (whole.visible.length <= platform.mostCharacters) return whole;
  // Whatever has to be escaped takes two characters.
  return platform.plain(oneLine(words, Math.floor(platform.mostCharacters / 2)));
}

/** How a question ended, as messages: the text after `above`, and below it what is to be said of it. */
export function outcomeContents(outcome: Outcome, platform: Platform, above: string): readonly Content[] {
  const parts = partsOf(above + textOf(outcome), platform);
  const words = `${outcome.kind === 'failure' ? '⚠️ ' : ''}${describeEnding(outcome)}`;
  const ending = plainOf(words, platform);
  const last = parts.at(-1);
  const aside = platform.aside(words);
  const visible = `${last?.visible}\n\n${aside.visible}`;
  if (!last || visible.length > platform.mostCharacters) return [...parts, ending];
  return [...parts.slice(0, -1), { markup: `${last.markup}\n\n${aside.markup}`, visible }];
}

function textOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'answer':
      return outcome.answer.text;
    case 'cancelled':
      return outcome.text;
    case 'failure':
      return '';
  }
}

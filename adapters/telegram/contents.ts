import { describeEnding } from '../../src/chat/describe-answer.ts';
import type { Outcome } from '../../src/chat/exchange.ts';
import { createSplitter, type Splitter, splitMarkdown } from '../../src/chat/split-markdown.ts';
import type { Content } from './calls.ts';
import { renderHtml } from './render.ts';

/** Telegram takes 4,096 characters after parsing. */
const MOST_CHARACTERS = 4_096;
const PARTS = { limit: 4_000, measure: (markdown: string) => renderHtml(markdown).visible.length };
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const createParts = (): Splitter => createSplitter(PARTS);

/** Markdown as messages. */
export function partsOf(markdown: string): readonly Content[] {
  return splitMarkdown(markdown, PARTS).map(renderHtml);
}

/** Text without any formatting. */
export function plainContent(text: string): Content {
  return { html: text.replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign), visible: text };
}

/** How a question ended, as messages: the text, and below it what is to be said of it. */
export function outcomeContents(outcome: Outcome): readonly Content[] {
  const parts = partsOf(textOf(outcome));
  const warning = outcome.kind === 'failure' ? '⚠️ ' : '';
  const ending = plainContent(`${warning}${describeEnding(outcome)}`);
  const last = parts.at(-1);
  const visible = `${last?.visible}\n\n${ending.visible}`;
  if (!last || visible.length > MOST_CHARACTERS) return [...parts, ending];
  return [...parts.slice(0, -1), { html: `${last.html}\n\n<i>${ending.html}</i>`, visible }];
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

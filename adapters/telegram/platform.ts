import { createSplitter } from '../../src/chat/split-markdown.ts';
import type { Content } from '../../src/reply/messages.ts';
import type { Platform } from '../../src/reply/platform.ts';
import { renderHtml } from './render.ts';
import { messageIdOf } from './target.ts';

/** Telegram takes 4,096 characters after parsing. */
const MOST_CHARACTERS = 4_096;
const PARTS = { limit: 4_000, measure: (markdown: string) => renderHtml(markdown).visible.length };
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const TELEGRAM: Platform = {
  name: 'Telegram',
  id: 'telegram',
  createParts: () => createSplitter(PARTS),
  render,
  plain,
  aside(text) {
    const { markup, visible } = plain(text);
    return { markup: `<i>${markup}</i>`, visible };
  },
  mostCharacters: MOST_CHARACTERS,
  // It is shown for 5 s.
  typingEveryMs: 4_500,
  againBelowAnswers: false,
  askedBy: messageIdOf,
};

function render(markdown: string): Content {
  const { html, visible } = renderHtml(markdown);
  return { markup: html, visible };
}

function plain(text: string): Content {
  return { markup: text.replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign), visible: text };
}

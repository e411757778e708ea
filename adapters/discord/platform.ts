import { oneLine } from '../../src/chat/one-line.ts';
import { createSplitter } from '../../src/chat/split-markdown.ts';
import type { Job } from '../../src/path/job.ts';
import type { Content } from '../../src/reply/messages.ts';
import type { Platform } from '../../src/reply/platform.ts';
import { escapeMarkdown, renderMarkdown } from './render.ts';

/** https://docs.discord.com/developers/resources/message#create-message */
const MOST_CHARACTERS = 2_000;
const PARTS = { limit: 1_900, measure: (markdown: string) => renderMarkdown(markdown).length };
const LONGEST_QUOTE = 150;

export const DISCORD: Platform = {
  name: 'Discord',
  id: 'discord',
  createParts: () => createSplitter(PARTS),
  render: (markdown) => contentOf(renderMarkdown(markdown)),
  plain: (text) => contentOf(escapeMarkdown(text)),
  aside: (text) => contentOf(smaller(escapeMarkdown(text))),
  above: questionOf,
  mostCharacters: MOST_CHARACTERS,
  // It is shown for 10 s.
  typingEveryMs: 8_000,
  againBelowAnswers: true,
  askedBy,
};

/** Discord counts what is sent, formatting too. */
function contentOf(markup: string): Content {
  return { markup, visible: markup };
}

function smaller(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.trim() === '' ? line : `-# ${line}`))
    .join('\n');
}

/** What a slash command asked is not seen by others. */
function questionOf({ message }: Job): string {
  return message.via ? `> ${escapeMarkdown(oneLine(message.text, LONGEST_QUOTE))}\n\n` : '';
}

/** An interaction is no message, and the one that a thread began at does not lie in the thread. */
function askedBy({ message }: Job): string | undefined {
  const id = /^\d+/.exec(message.id)?.[0];
  return message.via || id === message.address.thread ? undefined : id;
}

import { createSplitter } from '../../../src/chat/split-markdown.ts';
import type { Platform } from '../../../src/reply/platform.ts';

const plain = (text: string) => ({ markup: text, visible: text });

export const WIRE: Platform = {
  name: 'Wire',
  id: 'wire',
  createParts: () => createSplitter({ limit: 4_000, measure: (markdown) => markdown.length }),
  render: plain,
  plain,
  aside: plain,
  mostCharacters: 4_500,
  typingEveryMs: 5_000,
  againBelowAnswers: false,
  askedBy: () => undefined,
};

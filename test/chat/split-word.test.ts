import { expect, it } from 'vitest';
import { splitWord } from '../../src/chat/split-word.ts';

it.each([
  ['fast now', 'fast', true],
  [' fast \n NOW ', 'fast', true],
  ['fast', 'fast', false],
  ['fastnow', 'fastnow', false],
  ['now', 'now', false],
  ['now now', 'now', true],
  ['fast now please', 'fast now please', false],
  ['', '', false],
])('%j is %j, with the word or without: %j', (argument, name, isThere) => {
  expect(splitWord(argument, 'now')).toEqual({ name, isThere });
});

import { describe, expect, it } from 'vitest';
import { makeEntry, readEntry, sizeOf, writeEntry } from '../../src/cache/entry.ts';

const entry = makeEntry({ text: 'Grüße 🐴', promptTokens: 1, tokens: 2, seconds: 0.5, at: 1_000 });
const rich = makeEntry({
  text: 'Four.',
  thinking: 'Two and two …',
  simulated: true,
  promptTokens: 0,
  tokens: 0,
  seconds: 0,
  at: 0,
});

it.each([entry, rich])('what is written is read again: %j', (one) => {
  expect(readEntry(writeEntry(one))).toEqual(one);
});

describe('nothing is read of', () => {
  const { text: _, ...textless } = entry;
  it.each([
    ['no JSON', 'You said: Why?'],
    ['half of it', writeEntry(entry).slice(0, -5)],
    ['JSON of something else', '[1]'],
    ['nothing', 'null'],
    ['another version', JSON.stringify({ ...entry, v: 2 })],
    ['no version', JSON.stringify({ ...entry, v: undefined })],
    ['an empty text', JSON.stringify({ ...entry, text: '' })],
    ['no text', JSON.stringify(textless)],
    ['a text that is none', JSON.stringify({ ...entry, text: 4 })],
    ['a negative number of tokens', JSON.stringify({ ...entry, tokens: -1 })],
    ['a time that is none', JSON.stringify({ ...entry, at: 'today' })],
    ['more than any answer has', writeEntry({ ...entry, text: 'x'.repeat(2_000_000) })],
  ])('%s', (_, text) => {
    expect(readEntry(text)).toBeUndefined();
  });
});

it('its weight grows with what is written and thought', () => {
  expect(sizeOf({ ...rich, text: `${rich.text}xx` })).toBe(sizeOf(rich) + 4);
  expect(sizeOf(rich)).toBeGreaterThan(2 * (rich.text.length + (rich.thinking ?? '').length));
  expect(sizeOf(entry)).toBeGreaterThan(Buffer.byteLength(entry.text));
});

import fc from 'fast-check';
import { Lexer, type Token } from 'marked';
import { describe, expect, it } from 'vitest';
import { createSplitter, splitMarkdown } from '../../src/chat/split-markdown.ts';

const byLength = (limit: number) => ({ limit, measure: (markdown: string) => markdown.length });
const split = (markdown: string, limit: number) => splitMarkdown(markdown, byLength(limit));

/** A measure that grows: like tabs and tables, that show more than was written. */
const swollen = (limit: number) => ({
  limit,
  measure: (markdown: string) => markdown.length + 3 * (markdown.match(/[|\t]/g)?.length ?? 0),
});

const word = fc.constantFrom(
  'so',
  'the',
  'model',
  'answers',
  '**bold',
  'bold**',
  '*it*',
  '`code span`',
  '2024.',
);
const odd = fc.constantFrom(
  '[link](http://a.b/c)',
  '👩‍👩‍👧',
  'ü',
  '- ',
  '~~',
  '`',
  '```',
  '漢字。',
  'x'.repeat(70),
  '# ',
);
const sentence = fc
  .array(fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: odd }), {
    minLength: 2,
    maxLength: 14,
  })
  .map((words) => `${words.join(' ')}. `);
const paragraph = fc.array(sentence, { minLength: 1, maxLength: 4 }).map((sentences) => sentences.join(''));
const prose = fc
  .array(fc.constantFrom('say', 'hello', 'again', '**why**', 'not'), { minLength: 2, maxLength: 40 })
  .map((words) => `${words.join(' ')}.`);
const code = fc
  .array(fc.constantFrom('CODE = 1', '  CODE()', 'CODE CODE CODE CODE CODE', '', '\tCODE'), {
    minLength: 1,
    maxLength: 12,
  })
  .filter((lines) => lines.join('').trim() !== '');
const fence = fc
  .tuple(fc.constantFrom('```', '~~~', '````'), fc.constantFrom('', 'js', 'c++'), code)
  .map(([mark, info, lines]) => [mark + info, ...lines, mark]);
const indented = (by: string) => (lines: readonly string[]) => lines.map((line) => by + line).join('\n');
const fenced = fc.oneof(
  fence.map(indented('')),
  fence.map((lines) => `- item\n\n${indented('  ')(lines)}`),
  fence.map((lines) => `1. item\n\n${indented('    ')(lines)}`.replace('1. ', '10. ')),
  fence.map(indented('> ')),
);
const list = fc
  .array(prose, { minLength: 1, maxLength: 4 })
  .map((items) => items.map((item) => `- ${item}`).join('\n'));
const table = fc
  .array(fc.constantFrom('| a | bb |', '| long cell | x |'), { minLength: 1, maxLength: 8 })
  .map((rows) => ['| h | i |', '|---|---|', ...rows].join('\n'));
const heading = fc.constantFrom('# One', '## Two', '***');
const tame = fc
  .array(fc.oneof(prose, fenced, list, heading), { minLength: 1, maxLength: 6 })
  .map((blocks) => blocks.join('\n\n'));
const wild = fc
  .array(
    fc.tuple(
      fc.oneof(paragraph, fenced, list, heading, table, fc.string({ unit: 'binary', maxLength: 30 })),
      fc.constantFrom('\n', '\n\n', '\n\n\n', '\r\n', ' '),
    ),
    { maxLength: 7 },
  )
  .map((blocks) => blocks.flat().join(''));

const dense = (text: string) => text.replace(/\s/g, '');

/** Whether all of a text stands in another one, in its order. */
function isWithin(text: string, other: string): boolean {
  let at = 0;
  for (const unit of other) if (text.startsWith(unit, at)) at += unit.length;
  return at === text.length;
}

function codeIn(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'code') return token.text;
      if (token.type === 'list') return codeIn(token.items);
      return 'tokens' in token ? codeIn(token.tokens ?? []) : '';
    })
    .join('\n');
}

describe('long Markdown', () => {
  it.each([
    ['stays whole where it fits', 'one\n\ntwo', ['one\n\ntwo']],
    ['is nothing where it is blank', ' \n\t\n', []],
    ['loses blank lines around it', '\n\n  one\n\n', ['  one']],
    [
      'is cut between paragraphs, even if more would fit',
      `${'a '.repeat(12)}\n\n${'b '.repeat(12)}b`,
      ['a a a a a a a a a a a a', 'b b b b b b b b b b b b b'],
    ],
    [
      'is cut before a heading, never behind it',
      `${'a '.repeat(11)}\n## Next\n\n${'b '.repeat(8)}`,
      ['a a a a a a a a a a a', '## Next\n\nb b b b b b b b'],
    ],
    [
      'is cut between items',
      '- one two three four\n- five six seven eight\n- nine',
      ['- one two three four', '- five six seven eight\n- nine'],
    ],
    [
      'is cut at the end of a line',
      'one two three four five\nsix seven eight nine ten eleven',
      ['one two three four five', 'six seven eight nine ten eleven'],
    ],
    [
      'is cut at the end of a sentence',
      'One two three four five six. Seven eight nine ten.',
      ['One two three four five six.', 'Seven eight nine ten.'],
    ],
    [
      'is cut between words',
      'one two three four five six seven eight nine ten',
      ['one two three four five six seven', 'eight nine ten'],
    ],
    [
      'is cut outside of bold text and links where a place is near',
      'one two three four **five six seven eight nine ten**',
      ['one two three four', '**five six seven eight nine ten**'],
    ],
    ['is cut anywhere if need be', 'x'.repeat(90), ['x'.repeat(38), 'x'.repeat(38), 'x'.repeat(14)]],
    ['is never cut within a character', `${'x'.repeat(37)}👋yyy`, ['x'.repeat(37), '👋yyy']],
    [
      'is never cut within a grapheme',
      `${'x'.repeat(36)}👩‍👩‍👧 and more`,
      ['x'.repeat(36), '👩‍👩‍👧 and more'],
    ],
    [
      'closes a fence and opens it again',
      '```js\nconst one = 1;\nconst two = 2;\nconst three = 3;\n```\nend',
      ['```js\nconst one = 1;\nconst two = 2;\n```', '```js\nconst three = 3;\n```\nend'],
    ],
    [
      'repeats the marks of the fence',
      '~~~~\n```\nconst one = 1;\n```\nconst two = 2;\n~~~~',
      ['~~~~\n```\nconst one = 1;\n```\n~~~~', '~~~~\nconst two = 2;\n~~~~'],
    ],
    [
      'keeps a fence in its quote',
      '> ```js\n> const one = 1;\n> const two = 2;\n> ```',
      ['> ```js\n> const one = 1;\n> ```', '> ```js\n> const two = 2;\n> ```'],
    ],
    [
      'keeps a fence in its list',
      '1.  a\n\n    ```\n    one\n    four\n    ```\n2.  b',
      ['1.  a\n\n    ```\n    one\n    ```', '-   ```\n    four\n    ```\n2.  b'],
    ],
    [
      'opens a whole fence in its list',
      '10. some words before\n\n    ```\n    one\n    ```\n11. b',
      ['10. some words before', '-   ```\n    one\n    ```\n11. b'],
    ],
    [
      'leaves no fence without code',
      'Abcd\n```js\naaaa bbbb cccc dddd eeee ffff gggg\n```',
      ['Abcd\n```js\naaaa bbbb cccc dddd eeee\n```', '```js\nffff gggg\n```'],
    ],
    [
      'knows that a fence ends with its list',
      '- ```\n  a\nSome words, and more of them behind it.',
      ['- ```\n  a\nSome words, and more of them', 'behind it.'],
    ],
    [
      'knows that indented marks are code',
      '```\nconst one = 1;\n      ```\nconst two = 2;\n```',
      ['```\nconst one = 1;\n      ```\n```', '```\nconst two = 2;\n```'],
    ],
    ['closes a fence that was left open', '```js\na', ['```js\na\n```']],
    ['leaves a fence alone that only begins', 'a\n```js', ['a\n```js']],
    [
      'keeps rows of a table together as long as possible',
      'Some words before it.\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |',
      ['Some words before it.', '| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |'],
    ],
  ])('%s', (_, markdown, parts) => {
    expect(split(markdown, 40)).toEqual(parts);
  });

  it('fits, is never blank, and holds all that was written', () => {
    fc.assert(
      fc.property(wild, fc.integer({ min: 40, max: 160 }), (text, limit) => {
        const parts = split(text, limit);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(limit);
          expect(part.trim()).not.toBe('');
        }
        expect(isWithin(dense(text), dense(parts.join('\n')))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('fits where it measures more than its length', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const { limit, measure } = swollen(80);
        for (const part of splitMarkdown(text, { limit, measure }))
          expect(measure(part)).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('cuts no character in two, not even one that is too much', () => {
    expect(splitMarkdown('👋👋', { limit: 40, measure: ({ length }) => 30 * length })).toEqual(['👋', '👋']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 100, maxLength: 400 }), (text) => {
        for (const part of split(text, 40)) expect(part.isWellFormed()).toBe(true);
      }),
    );
  });

  it('keeps code code and prose prose', () => {
    fc.assert(
      fc.property(tame, fc.integer({ min: 60, max: 200 }), (text, limit) => {
        for (const part of split(text, limit)) {
          const shown = codeIn(Lexer.lex(part));
          expect(shown.match(/CODE/g)?.length ?? 0, part).toBe(part.match(/CODE/g)?.length ?? 0);
          expect(shown, part).not.toMatch(/say|hello|again|why|not|item/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('Markdown that grows', () => {
  it('keeps every part but the last one, in whatever steps it comes', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const options = byLength(60);
        const whole = splitMarkdown(text, options);
        const splitter = createSplitter(options);
        for (let end = 0; end <= text.length; end += 1) {
          const parts = splitMarkdown(text.slice(0, end), options);
          expect(parts.slice(0, -1)).toEqual(whole.slice(0, Math.max(0, parts.length - 1)));
          expect(splitter.parts(text.slice(0, end))).toEqual(parts);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps every part that another one follows, even if it measures more than its length', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const splitter = createSplitter(swollen(80));
        let before: readonly string[] = [];
        for (let end = 0; end <= text.length; end += 1) {
          const parts = splitter.parts(text.slice(0, end));
          const kept = before.slice(0, -1);
          expect(parts.slice(0, kept.length)).toEqual(kept);
          expect(parts.length).toBeGreaterThanOrEqual(before.length);
          before = parts;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('begins anew with another text', () => {
    const splitter = createSplitter(byLength(40));
    splitter.parts('one two three four five six seven eight nine ten');
    expect(splitter.parts('Another answer')).toEqual(['Another answer']);
  });

  it('measures little: for each step the last part, for each part a few times', () => {
    const text = '# A\n\nSome words, **bold** ones too.\n\n```js\nlet a;\n```\n\n'.repeat(1_800);
    const measured: number[] = [];
    const splitter = createSplitter({
      limit: 4_000,
      measure(markdown) {
        measured.push(markdown.length);
        return markdown.length;
      },
    });
    let steps = 0;
    for (let end = 0; end < text.length; end += 200) {
      splitter.parts(text.slice(0, end));
      steps += 1;
    }
    const { length } = splitter.parts(text);
    expect(measured.length).toBeLessThan(steps + 4 * length);
    expect(Math.max(...measured)).toBeLessThanOrEqual(4_000);
  });
});

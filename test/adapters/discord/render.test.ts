import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DISCORD } from '../../../adapters/discord/platform.ts';
import { escapeMarkdown, renderMarkdown } from '../../../adapters/discord/render.ts';
import { jobOf } from '../../fakes/job.ts';

describe('Markdown of a model', () => {
  test.each([
    ['plain words', 'plain words'],
    ['**bold** _and_ `code`', '**bold** _and_ `code`'],
    ['## Heading', '## Heading'],
    ['#### Deep heading', '**Deep heading**'],
    ['###### Deeper ##\n\ntext', '**Deeper**\n\ntext'],
    ['![a horse](https://a.example/b.png)', '[a horse](https://a.example/b.png)'],
    ['![](https://a.example/b.png)', '[picture](https://a.example/b.png)'],
    ['```md\n#### not a heading\n| a |\n|---|\n```', '```md\n#### not a heading\n| a |\n|---|\n```'],
    ['$$x^2$$ and \\(y\\)', '$$x^2$$ and \\(y\\)'],
    ['a\u0000b\u001bc', 'abc'],
  ])('%j is shown as %j', (markdown, shown) => {
    expect(renderMarkdown(markdown)).toBe(shown);
  });

  test('a table is a code block of equal columns, and what stands around it stays', () => {
    const table = '| a | **bold** |\n|:-:|--:|\n| 1 | `x` |\n| long word | [y](https://y.example) |';
    expect(renderMarkdown(`before\n\n${table}\n\nafter`)).toBe(
      'before\n\n```\n    a     | bold\n----------|-----\n    1     |    x\nlong word |    y\n```\n\nafter',
    );
  });

  test('whatever is written is rendered', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (markdown) => {
        expect(typeof renderMarkdown(markdown)).toBe('string');
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});

describe('text without formatting', () => {
  test.each([
    ['qwen2.5:7b · 0.1 s', 'qwen2.5:7b · 0.1 s'],
    ['q4_K_M *x* `y` ~z~ |a| [b](c) <@1>', 'q4\\_K\\_M \\*x\\* \\`y\\` \\~z\\~ \\|a\\| \\[b\\](c) \\<@1>'],
    ['# a\n> b\n- c\n-# d\n1. e', '\\# a\n\\> b\n\\- c\n\\-# d\n\\1. e'],
  ])('%j is sent as %j', (text, sent) => {
    expect(escapeMarkdown(text)).toBe(sent);
  });

  test('what stands below an answer is small in every line', () => {
    expect(DISCORD.aside('one\n\ntwo_').markup).toBe('-# one\n\n-# two\\_');
  });
});

describe('what stands above an answer', () => {
  const via = { token: '1/a', until: 0, private: false };
  const { message } = jobOf(1);

  test('is nothing where the chat shows the question', () => {
    expect(DISCORD.above?.(jobOf(1))).toBe('');
  });

  test('is the question of a command, shortened to one line', () => {
    const job = jobOf(1, 'web:one', { message: { ...message, text: `What\nis *${'x'.repeat(300)}`, via } });
    const above = DISCORD.above?.(job) ?? '';
    expect(above).toMatch(/^> What is \\\*x+…\n\n$/);
    expect(above.length).toBeLessThan(170);
  });
});

describe('what an answer replies to', () => {
  const { message } = jobOf(1);
  const asked = (more: object) => DISCORD.askedBy(jobOf(1, 'web:one', { message: { ...message, ...more } }));

  test.each([
    ['the question', { id: '123' }, '123'],
    ['the answer below which Retry was pressed', { id: '123.again' }, '123'],
    ['nothing that was no message', { id: '123', via: { token: '', until: 0, private: false } }, undefined],
    [
      'nothing in a thread that the question began',
      { id: '9', address: { platform: 'discord', chat: '1', thread: '9' } },
      undefined,
    ],
  ])('is %s', (_, more, id) => {
    expect(asked(more)).toBe(id);
  });
});

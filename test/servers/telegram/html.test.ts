import { describe, expect, test } from 'vitest';
import { finish, formatText } from './text.ts';

const parse = (html: string) => formatText({ text: html, parseMode: 'HTML', entities: undefined });
/** Each entity as its type and its text. */
const marks = (html: string) => {
  const { text, entities } = parse(html);
  return entities.map(({ type, offset, length }) => `${type}:${text.slice(offset, offset + length)}`);
};

describe('HTML', () => {
  test.each([
    ['<b>a</b><strong>b</strong>', 'ab', ['bold:ab']],
    ['<i>a</i> <em>b</em>', 'a b', ['italic:a', 'italic:b']],
    ['<u>a</u> <ins>b</ins>', 'a b', ['underline:a', 'underline:b']],
    [
      '<s>a</s> <strike>b</strike> <del>c</del>',
      'a b c',
      ['strikethrough:a', 'strikethrough:b', 'strikethrough:c'],
    ],
    ['<tg-spoiler>a</tg-spoiler> <span class="tg-spoiler">b</span>', 'a b', ['spoiler:a', 'spoiler:b']],
    ['<B>a</B>', 'a', ['bold:a']],
    ['<b>a</>', 'a', ['bold:a']],
    ['<b>a <i>b</i> c</b>', 'a b c', ['bold:a b c', 'italic:b']],
    ['<b>a <code>b</code> c</b>', 'a b c', ['bold:a ', 'code:b', 'bold: c']],
    ['<code>a <b>b</b></code>', 'a b', ['code:a b']],
    ['<blockquote>a<blockquote>b</blockquote></blockquote>', 'ab', ['blockquote:ab']],
    ['<blockquote expandable>a</blockquote>', 'a', ['expandable_blockquote:a']],
    ['<a href="https://example.org/?a=1&amp;b=2">x</a>', 'x', ['text_link:x']],
    ['<a href="http://localhost/">x</a>', 'x', []],
    ['<a>example.org</a>', 'example.org', ['text_link:example.org']],
    ['<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', '👍', ['custom_emoji:👍']],
    ['&lt;b&gt; &amp;amp; &quot; &#65;&#x1F600; &copy; & &amp', '<b> &amp; " A😀 &copy; & &', []],
    ['😀<b>é😀</b>', '😀é😀', ['bold:é😀']],
    ['  <b> a </b>  ', ' a', ['bold: a']],
    ['\n\n a\n <b> </b>\n', 'a', []],
    ['<b></b>a', 'a', []],
    ['a\tb\r\u0001c\u202e', 'a b c', []],
  ])('%s', (html, text, entities) => {
    expect(parse(html).text).toBe(text);
    expect(marks(html)).toEqual(entities);
  });

  test('a link keeps its address, code in pre its language', () => {
    expect(parse('<a href="https://example.org/?a=1&amp;b=2">x</a>').entities[0]).toMatchObject({
      url: 'https://example.org/?a=1&b=2',
    });
    expect(parse('<pre><code class="language-js">x</code></pre>').entities).toEqual([
      { type: 'pre', offset: 0, length: 1, language: 'js' },
    ]);
    expect(parse('<code class="language-js">x</code>').entities).toEqual([
      { type: 'code', offset: 0, length: 1 },
    ]);
  });

  test.each([
    ['é<x>', 'Unsupported start tag "x" at byte offset 2'],
    ['a < b', 'Unsupported start tag "" at byte offset 2'],
    ['<br/>', 'Unsupported start tag "br/" at byte offset 0'],
    ['<b>a', 'Can\'t find end tag corresponding to start tag "b"'],
    ['a</b>', 'Unexpected end tag at byte offset 1'],
    ['<b><i>a</b></i>', 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'],
    ['<b', 'Unclosed start tag at byte offset 0'],
    ['<b>a</b', 'Unclosed end tag at byte offset 4'],
    ['<a href>x</a>', 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'],
    ['<a ="x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'],
    ['<a href=x/y>x</a>', 'Unexpected end of name token at byte offset 8'],
    ['<span class="x">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['<tg-emoji emoji-id="x">a</tg-emoji>', 'Invalid custom emoji identifier specified'],
    [
      '&#xd800;',
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    ],
  ])('%s is refused', (html, why) => {
    expect(() => parse(html)).toThrow(`Bad Request: can't parse entities: ${why}`);
  });

  test('of more than 100 entities the first 100 are kept', () => {
    const { entities } = parse('<b>a</b> '.repeat(101));
    expect(entities).toHaveLength(100);
    expect(entities.at(-1)?.offset).toBe(198);
  });

  test('other parse modes are refused', () => {
    expect(() => formatText({ text: 'a', parseMode: 'MarkdownV2', entities: undefined })).toThrow(
      'Bad Request: unsupported parse_mode',
    );
  });
});

test('entities that cross are cut', () => {
  const { entities } = finish({
    text: 'abcdef',
    entities: [
      { type: 'bold', offset: 0, length: 4 },
      { type: 'italic', offset: 2, length: 4 },
    ],
  });
  expect(entities).toEqual([
    { type: 'bold', offset: 0, length: 4 },
    { type: 'italic', offset: 2, length: 2 },
    { type: 'italic', offset: 4, length: 2 },
  ]);
});

test('commands, names, links, addresses and tags are found in plain text', () => {
  const text = '/ask@ostler_bot see https://example.org/a, @somebody a@example.org #tag example.com a/b 1/2';
  const { entities } = finish({ text, entities: [] });
  expect(
    entities.map(({ type, offset, length }) => `${type}:${text.slice(offset, offset + length)}`),
  ).toEqual([
    'bot_command:/ask@ostler_bot',
    'url:https://example.org/a',
    'mention:@somebody',
    'email:a@example.org',
    'hashtag:#tag',
    'url:example.com',
  ]);
});

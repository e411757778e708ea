import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../../adapters/telegram/render.ts';
import { splitMarkdown } from '../../../src/chat/split-markdown.ts';

const html = (markdown: string) => renderHtml(markdown).html;

const TAG =
  /^<(?:(\/)?(b|i|s|a|pre|code|blockquote)|a href="((?:https?|mailto|tg):[^"<>\s]+)"|code class="language-[\w+#.-]+")>/;
const TEXT = /^(?:[^<>&"]|&(?:lt|gt|amp|quot);)+/;
const SIGNS: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' };

/** What Telegram shows of HTML; throws where it would refuse it, drop formatting, or find a needless tag. */
function shownBy(markup: string): string {
  const open: string[] = [];
  let shown = '';
  let rest = markup;
  let justOpened = false;
  while (rest !== '') {
    const text = TEXT.exec(rest)?.[0];
    const tag = TAG.exec(rest);
    if (text) shown += text.replace(/&\w+;/g, (sign) => SIGNS[sign] ?? sign);
    else if (tag?.[1]) {
      if (justOpened) throw new Error(`an empty tag before ${rest}`);
      if (open.pop() !== tag[2]) throw new Error(`not closed in order: ${rest}`);
    } else if (tag) {
      const name = /[a-z]+/.exec(tag[0])?.[0] ?? '';
      const isLanguage = tag[0].startsWith('<code class');
      if (tag[0] === '<a>') throw new Error('a link without an address');
      if (open.includes(name)) throw new Error(`${name} within ${name}`);
      if (open.includes('code') || (open.includes('pre') && !isLanguage))
        throw new Error(`${name} within code`);
      if (name === 'pre' && open.length > 0) throw new Error('pre within something');
      if (name === 'code' && open.some((outer) => outer !== 'blockquote' && outer !== 'pre'))
        throw new Error('formatted code');
      if (isLanguage && open.at(-1) !== 'pre') throw new Error('a language outside of pre');
      if (name === 'blockquote' && open.length > 0) throw new Error('a quote within something');
      open.push(name);
    } else throw new Error(`neither text nor a tag: ${rest}`);
    justOpened = tag !== null && !tag[1];
    rest = rest.slice((text ?? tag?.[0] ?? '').length);
  }
  if (open.length > 0) throw new Error(`not closed: ${open}`);
  return shown;
}

describe("a model's Markdown in Telegram", () => {
  it.each([
    [
      'leaves text as it is',
      'One line\nand another.\n\nA paragraph.',
      'One line\nand another.\n\nA paragraph.',
    ],
    ['makes headings bold', '# A **b** *c*\n\nSetext\n---\nd', '<b>A b <i>c</i></b>\n\n<b>Setext</b>\nd'],
    ['knows emphasis', '**b** *i* __b__ _i_ ~~s~~', '<b>b</b> <i>i</i> <b>b</b> <i>i</i> <s>s</s>'],
    ['nests emphasis', '***a** b* **c *d ~~e~~***', '<i><b>a</b> b</i> <b>c <i>d <s>e</s></i></b>'],
    ['never nests a tag in itself', '**a __b__ c** *d **e *f* g***', '<b>a b c</b> <i>d <b>e f g</b></i>'],
    ['leaves lone stars alone', '2 * 3 ** 4 snake_case_name', '2 * 3 ** 4 snake_case_name'],
    ['escapes once', 'a < b && c > "d" &amp; &lt;', 'a &lt; b &amp;&amp; c &gt; &quot;d&quot; &amp; &lt;'],
    ['knows references', '&copy;&nbsp;&#233;&#x1F44B; &bogus; \\&amp;', '©\u00a0é👋 &amp;bogus; &amp;amp;'],
    ['shows HTML as text', '<b>x</b> <!-- y -->', '&lt;b&gt;x&lt;/b&gt; &lt;!-- y --&gt;'],
    ['shows blocks of HTML', '<div>\n*x*\n</div>', '&lt;div&gt;\n*x*\n&lt;/div&gt;'],
    ['breaks lines at <br>', 'a<br>b<br/>c  \nd\\\ne', 'a\nb\nc\nd\ne'],
    [
      'knows code spans',
      '`a*b*` `` c`d `` `<&>`',
      '<code>a*b*</code> <code>c`d</code> <code>&lt;&amp;&gt;</code>',
    ],
    ['takes formatting off code', '**a `b` c**', '<b>a </b><code>b</code><b> c</b>'],
    [
      'knows fences',
      '```js\nlet a = "<&>";\n```',
      '<pre><code class="language-js">let a = &quot;&lt;&amp;&gt;&quot;;</code></pre>',
    ],
    ['knows fences without a language', '~~~\n*a*\n\n&amp;\n~~~', '<pre>*a*\n\n&amp;amp;</pre>'],
    ['makes a language harmless', '```js"><b x\na\n```', '<pre><code class="language-js">a</code></pre>'],
    [
      'keeps languages with signs',
      '```c++ main.cpp\na\n```',
      '<pre><code class="language-c++">a</code></pre>',
    ],
    ['knows indented code', '    a\n      b', '<pre>a\n  b</pre>'],
    ['writes tabs in code as spaces', '```\nif\n\tthen\n```', '<pre>if\n    then</pre>'],
    ['knows lists', '- a\n* b\n\n- c', '• a\n• b\n\n• c'],
    ['counts on from the first number', '3. a\n3. b\n1. c', '3. a\n4. b\n5. c'],
    ['indents lists in lists', '1. a\n   - b\n     - c\n     d\n2. e', '1. a\n  • b\n    • c\n      d\n2. e'],
    ['indents paragraphs in lists', '- a\n\n  b\n- c', '• a\n\n  b\n\n• c'],
    ['knows tasks', '- [x] a\n- [ ] b\n\n1. [x] c', '☑ a\n☐ b\n\n1. ☑ c'],
    ['does not indent code in lists', '- a\n  ```\n  b\n    c\n  ```\n- d', '• a\n<pre>b\n  c</pre>\n• d'],
    ['knows quotes', '> a\n> **b**\n\nc', '<blockquote>a\n<b>b</b></blockquote>\n\nc'],
    ['flattens quotes in quotes', '> a\n> > b', '<blockquote>a\nb</blockquote>'],
    ['takes code out of quotes', '> a\n> ```\n> b\n> ```', '<blockquote>a</blockquote>\n<pre>b</pre>'],
    ['knows rules', 'a\n\n***\n\nb', 'a\n\n———\n\nb'],
    [
      'knows links',
      '[a *b*](https://x.y/?a=1&amp;b=2 "t") [c](tg://user?id=1)',
      '<a href="https://x.y/?a=1&amp;b=2">a <i>b</i></a> <a href="tg://user?id=1">c</a>',
    ],
    [
      'shows an address once',
      '<https://a.b> www.c.d e@f.gh',
      '<a href="https://a.b">https://a.b</a> <a href="http://www.c.d">www.c.d</a> <a href="mailto:e@f.gh">e@f.gh</a>',
    ],
    ['links nowhere else', '[a](javascript:alert(1)) [b](/c) [d](file:///e) [](/f)', 'a b d /f'],
    [
      'links to pictures',
      '![a *b*](http://x/y.png) ![](http://x/z.png)',
      '<a href="http://x/y.png">a <i>b</i></a> <a href="http://x/z.png">http://x/z.png</a>',
    ],
    ['never nests links', '[![a](http://x/y.png)](http://z)', '<a href="http://z">a</a>'],
    ['prefers a link to its code', '[`a`](http://x)', '<a href="http://x">a</a>'],
    [
      'quotes an address',
      '[a](<http://x/" onclick="y>)',
      '<a href="http://x/&quot;%20onclick=&quot;y">a</a>',
    ],
    [
      'knows references to links',
      '[a][1]\n\n[1]: http://x\n[2]: http://y',
      '<a href="http://x">a</a>\n\n[2]: http://y',
    ],
    [
      'aligns tables',
      '| a | **b** | c |\n|:--|:-:|--:|\n| long | x<br>y | 1 |\n| `z` | | |',
      '<pre>a    |  b  | c\n-----|-----|--\nlong | x y | 1\nz</pre>',
    ],
    [
      'leaves out empty formatting',
      'a **&nbsp;** ` ` b [](http://x) ****',
      'a \u00a0   b <a href="http://x">http://x</a> ****',
    ],
    ['drops what Telegram refuses', 'a\0b\u0007c\ud800d\u202ee\r\nf', 'abc\ufffdde\nf'],
    ['writes tabs as spaces', 'a\tb `c\td`', 'a    b <code>c    d</code>'],
    ['is empty for nothing', ' \n\t\n\0', ''],
    ['shows what would be nothing', '#', '#'],
    ['waits for stars to be closed', 'a **b', 'a **b'],
    ['shows a fence that is open', 'a\n```py\nb', 'a\n<pre><code class="language-py">b</code></pre>'],
    ['shows a fence that begins', '```py', '```py'],
    ['shows a table that begins', '| a | b |', '| a | b |'],
    ['shows a table that is open', '| a | b |\n|---|---|\n| c', '<pre>a | b\n--|--\nc</pre>'],
    ['shows a link that is open', '[a](http', '[a](http'],
  ])('%s', (_, markdown, expected) => {
    expect(html(markdown)).toBe(expected);
    expect(shownBy(expected)).toBe(renderHtml(markdown).visible);
  });

  it('is a readable answer', () => {
    const answer = `## How to read a file

You have **two** ways:

1. **All at once** with \`readFile\`:

   \`\`\`ts
   const text = await readFile('a.txt', 'utf8');
   if (text.length < 10) throw new Error("short");
   \`\`\`

2. **Line by line**, for large files:
   - needs *little* memory
   - see [the docs](https://nodejs.org/api/fs.html?x=1&y=2)

| Way | Memory |
|-----|-------:|
| \`readFile\` | 100 MB |
| lines | 1 MB |

> Note: close it again.

---
Done & dusted.`;
    expect(html(answer)).toBe(`<b>How to read a file</b>

You have <b>two</b> ways:

1. <b>All at once</b> with <code>readFile</code>:

<pre><code class="language-ts">const text = await readFile('a.txt', 'utf8');
if (text.length &lt; 10) throw new Error(&quot;short&quot;);</code></pre>

2. <b>Line by line</b>, for large files:
  • needs <i>little</i> memory
  • see <a href="https://nodejs.org/api/fs.html?x=1&amp;y=2">the docs</a>

<pre>Way      | Memory
---------|-------
readFile | 100 MB
lines    |   1 MB</pre>

<blockquote>Note: close it again.</blockquote>

———
Done &amp; dusted.`);
  });
});

const piece = fc.oneof(
  fc.constantFrom(
    '**',
    '*',
    '_',
    '__',
    '~~',
    '`',
    '``',
    '```',
    '~~~',
    '```js\n',
    '[',
    '](',
    ')',
    '](http://x.y)',
    '![',
  ),
  fc.constantFrom(
    '# ',
    '- ',
    '* ',
    '1. ',
    '> ',
    '    ',
    '\t',
    '- [ ] ',
    '| a | b |\n|---|---|\n',
    '|',
    '\n',
    '\n\n',
    ' ',
  ),
  fc.constantFrom(
    '<br>',
    '<b>',
    '</b>',
    '<pre>',
    '<a href="',
    '&amp;',
    '&nbsp;',
    '&#0;',
    '&#xd800;',
    '<http://z>',
    '---\n',
  ),
  fc.constantFrom(
    'a',
    'word',
    'two words',
    '\\',
    '\0',
    '\u2028',
    '\ud83d',
    '👋',
    '"',
    '[1]: http://x\n',
    '[1]',
  ),
);
const hostile = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));

describe('any text in Telegram', () => {
  it('is HTML that Telegram takes and shows as foretold', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (markdown) => {
        const { html: markup, visible } = renderHtml(markdown);
        expect(shownBy(markup)).toBe(visible);
        expect(visible.isWellFormed()).toBe(true);
        expect(visible).toBe(visible.replace(/[^\P{Cc}\n]/gu, ''));
        expect(visible === '').toBe(markdown.replace(/[\p{Cc}\u2028-\u202e]/gu, '').trim() === '');
      }),
      { numRuns: 2_000 },
    );
  });

  it('is split into messages that Telegram takes', () => {
    fc.assert(
      fc.property(hostile, (markdown) => {
        const measure = (part: string) => renderHtml(part).visible.length;
        for (const part of splitMarkdown(markdown, { limit: 60, measure })) {
          const { html: markup, visible } = renderHtml(part);
          expect(shownBy(markup)).toBe(visible);
          expect(visible.length).toBeLessThanOrEqual(60);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each(
    [
      '*',
      '**a',
      '_',
      '[',
      '[a](',
      '![',
      '>',
      '> - ',
      '- ',
      '1. ',
      '`',
      '``a',
      '<',
      '<a ',
      '<!--',
      '&',
      '|a',
      '~',
    ].map((unit) => [unit]),
  )('%j without end neither throws nor grows out of proportion', (unit) => {
    for (const length of [4_000, 8_000]) {
      const { html: markup, visible } = renderHtml(unit.repeat(length / unit.length));
      expect(shownBy(markup)).toBe(visible);
      expect(visible.length).toBeLessThanOrEqual(length);
    }
  });

  it.each([
    [
      'deep lists',
      (length: number) => Array.from({ length: length / 50 }, (_, i) => `${'  '.repeat(i)}- a\n`).join(''),
    ],
    ['deep emphasis', (length: number) => `${'*'.repeat(length / 2)}a${'*'.repeat(length / 2)}`],
    [
      'wide tables',
      (length: number) => `${'|a'.repeat(99)}|\n${'|-'.repeat(99)}|\n${'|x\n'.repeat(length / 3)}`,
    ],
    ['lines in deep lists', (length: number) => `${'- '.repeat(200)}a\n${'b\n'.repeat(length / 2)}`],
    [
      'wide cells',
      (length: number) => `|${'a'.repeat(length / 4)}|b|\n|-|-|\n${'|x|y\n'.repeat(length / 5)}`,
    ],
  ])('%s grow no faster than their source', (_, write) => {
    for (const length of [4_000, 8_000]) {
      const markdown = write(length);
      const { html: markup, visible } = renderHtml(markdown);
      expect(shownBy(markup)).toBe(visible);
      expect(visible.length).toBeLessThanOrEqual(12 * markdown.length);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { toPlainText } from '../../../adapters/terminal/plain-text.ts';

const CASES: readonly [string, string, string][] = [
  ['marks of emphasis and code go', '**Models** and _one_ `a:b` ~~c~~', 'Models and one a:b c'],
  ['bullets stay', '**Models**\n\n- 🟢 `qwen`\n- two', 'Models\n\n- 🟢 qwen\n- two'],
  ['bullets nest', '- one\n  - `two`\n- three', '- one\n  - two\n- three'],
  ['numbers stay', '3. one\n4. two', '3. one\n4. two'],
  ['paragraphs and their lines stay apart', 'one\ntwo\n\nthree', 'one\ntwo\n\nthree'],
  ['code is kept as it is', '```\na `b` **c**\n\n  d\n```', '  a `b` **c**\n\n    d'],
  ['what looks like HTML is text', 'a <b>b</b> & c', 'a <b>b</b> & c'],
  ['escaped marks are text', '1 \\* 2', '1 * 2'],
  ['a link says where it leads', '[here](http://a.b) http://c.d', 'here (http://a.b) http://c.d'],
  ['a heading is a line', '# Title\n\ntext', 'Title\n\ntext'],
  ['nothing is nothing', '', ''],
];

describe('Markdown on a terminal', () => {
  it.each(CASES)('%s', (_, markdown, text) => {
    expect(toPlainText(markdown)).toBe(text);
  });
});

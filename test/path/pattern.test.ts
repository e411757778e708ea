import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../src/path/pattern.ts';

describe('a pattern', () => {
  it.each([
    ['code', 'Write CODE', true],
    ['^write', 'please write', false],
    ['a.b', 'a\nb', true],
    ['(?-s)a.b', 'a\nb', false],
    ['(?-i)code', 'CODE', false],
    ['^.{0,5}$', 'short', true],
    ['^.{0,5}$', 'longer', false],
    ['größe', 'GRÖSSE', false],
    ['größe', 'GRÖßE', true],
    ['👋', 'hello 👋', true],
  ])('%s on %j: %s', (pattern, text, matches) => {
    expect(compilePattern(pattern).matches(text)).toBe(matches);
  });

  it('sees the first 2,000 characters', () => {
    const { matches } = compilePattern('needle');
    expect(matches(`${'x'.repeat(1_994)}needle`)).toBe(true);
    expect(matches(`${'x'.repeat(1_995)}needle`)).toBe(false);
  });

  it.each([
    ['(?=a)b', /^RE2 has no lookahead or lookbehind .*`\(\?=`/],
    ['(?<!a)b', /^RE2 has no lookahead or lookbehind/],
    ['(a)\\1', /^RE2 has no backreferences/],
    ['(a', /^missing closing \): `\(a`$/],
    ['a{1,900}b{1,900}', /^the pattern is too large \(\d+ steps, at most 1000\)/],
  ])('%s is refused with what to do', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});

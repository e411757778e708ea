import { badRequest, type OllamaError } from './errors.ts';

const MAX_DEPTH = 10_000;
const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'more';

/** Reads the first value and ignores what follows, as Go's decoder does. Throws a 400 with Go's text. */
export function parseGoJson(text: string): unknown {
  const start = afterSpace(text, 0);
  if (start === text.length) throw badRequest('missing request body');
  return JSON.parse(text.slice(start, endOfValue(text, start)));
}

function endOfValue(text: string, start: number): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = start;
  for (;;) {
    at = afterSpace(text, at);
    const char = text[at];
    if (char === undefined) throw badRequest('unexpected EOF');
    switch (expected) {
      case 'value':
      case 'value-or-end':
        if (char === '{' || char === '[') {
          open.push(char);
          if (open.length > MAX_DEPTH) throw badRequest('exceeded max depth');
          expected = char === '{' ? 'key-or-end' : 'value-or-end';
          at += 1;
        } else {
          if (char === ']' && expected === 'value-or-end') {
            open.pop();
            at += 1;
          } else at = endOfScalar(text, at);
          expected = 'more';
        }
        break;
      case 'key':
      case 'key-or-end':
        if (char === '}' && expected === 'key-or-end') {
          open.pop();
          at += 1;
          expected = 'more';
        } else if (char === '"') {
          at = endOfString(text, at);
          expected = 'colon';
        } else throw unexpected(char, 'looking for beginning of object key string');
        break;
      case 'colon':
        if (char !== ':') throw unexpected(char, 'after object key');
        at += 1;
        expected = 'value';
        break;
      case 'more': {
        const inObject = open.at(-1) === '{';
        if (char === (inObject ? '}' : ']')) open.pop();
        else if (char === ',') expected = inObject ? 'key' : 'value';
        else throw unexpected(char, inObject ? 'after object key:value pair' : 'after array element');
        at += 1;
        break;
      }
    }
    if (expected === 'more' && open.length === 0) return at;
  }
}

function endOfScalar(text: string, at: number): number {
  const char = text[at] ?? '';
  if (char === '"') return endOfString(text, at);
  if (/[-\d]/.test(char)) return endOfNumber(text, at);
  const literal = LITERALS[char];
  if (literal === undefined) throw unexpected(char, 'looking for beginning of value');
  for (let i = 1; i < literal.length; i += 1) {
    const found = text[at + i];
    if (found === undefined) throw badRequest('unexpected EOF');
    if (found !== literal[i]) throw unexpected(found, `in literal ${literal} (expecting '${literal[i]}')`);
  }
  return at + literal.length;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    const char = text[at];
    if (char === undefined) throw badRequest('unexpected EOF');
    if (char === '"') return at + 1;
    if (char < ' ') throw unexpected(char, 'in string literal');
    if (char !== '\\') continue;
    at += 1;
    const escaped = text[at];
    if (escaped === undefined) throw badRequest('unexpected EOF');
    if (!'"\\/bfnrtu'.includes(escaped)) throw unexpected(escaped, 'in string escape code');
    if (escaped !== 'u') continue;
    for (const digit of text.slice(at + 1, at + 5)) {
      if (!/[\da-f]/i.test(digit)) throw unexpected(digit, 'in \\u hexadecimal character escape');
    }
    at += 4;
  }
}

function endOfNumber(text: string, start: number): number {
  const pattern = /-?(?:0|[1-9]\d*)?(?:\.\d*)?(?:[eE][-+]?\d*)?/y;
  pattern.lastIndex = start;
  const number = pattern.exec(text)?.[0] ?? '';
  const end = start + number.length;
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(number)) return end;
  const next = text[end];
  if (next === undefined) throw badRequest('unexpected EOF');
  if (/[eE]/.test(number)) throw unexpected(next, 'in exponent of numeric literal');
  throw unexpected(
    next,
    number.includes('.') ? 'after decimal point in numeric literal' : 'in numeric literal',
  );
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  return at;
}

function unexpected(char: string, where: string): OllamaError {
  const shown = char === "'" ? "\\'" : char === '"' ? '"' : JSON.stringify(char).slice(1, -1);
  return badRequest(`invalid character '${shown}' ${where}`);
}

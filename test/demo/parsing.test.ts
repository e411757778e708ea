import { describe, expect, it } from 'vitest';
import { checkBody, checkMessages, countImages } from '../../demo/ollama/body-types.ts';
import { OllamaError } from '../../demo/ollama/errors.ts';
import { parseGoJson } from '../../demo/ollama/go-json.ts';
import { FOREVER_MS, parseKeepAlive } from '../../demo/ollama/keep-alive.ts';
import { makeModel } from '../../demo/ollama/models.ts';
import { parseName } from '../../demo/ollama/names.ts';
import { goTime } from '../../demo/ollama/pace.ts';
import { mergeOptions } from '../../demo/ollama/runner-options.ts';

function errorOf(call: () => unknown): { status: number; message: string } | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (!(error instanceof OllamaError)) throw error;
    return { status: error.status, message: error.message };
  }
}

describe('keep_alive', () => {
  it.each<[unknown, number | undefined]>([
    [300, 300_000],
    [1.5, 1_500],
    [0, 0],
    ['0', 0],
    ['0s', 0],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['+1.5h', 5_400_000],
    ['.5s', 500],
    ['100ms', 100],
    [-1, FOREVER_MS],
    ['-1s', FOREVER_MS],
    ['-1m', FOREVER_MS],
    [1e300, FOREVER_MS],
    [null, undefined],
    [undefined, undefined],
  ])('%j is %j ms', (value, ms) => {
    expect(parseKeepAlive(value)).toBe(ms);
  });

  it.each<[unknown, string]>([
    ['300', 'time: missing unit in duration "300"'],
    ['-1', 'time: missing unit in duration "-1"'],
    ['soon', 'time: invalid duration "soon"'],
    ['', 'time: invalid duration ""'],
    ['.s', 'time: invalid duration ".s"'],
    ['5 minutes', 'time: unknown unit " minutes" in duration "5 minutes"'],
    [true, "Unsupported type: 'bool'"],
    [[], "Unsupported type: '[]interface {}'"],
    [{}, "Unsupported type: 'map[string]interface {}'"],
  ])('%j is refused', (value, message) => {
    expect(errorOf(() => parseKeepAlive(value))).toEqual({ status: 400, message });
  });
});

describe('a body', () => {
  it.each([
    ['', 'missing request body'],
    [' \n', 'missing request body'],
    ['{broken', "invalid character 'b' looking for beginning of object key string"],
    ['{"a"', 'unexpected EOF'],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ["'x'", "invalid character '\\'' looking for beginning of value"],
    ['tru', 'unexpected EOF'],
    ['trux', "invalid character 'x' in literal true (expecting 'e')"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['[1.x]', "invalid character 'x' after decimal point in numeric literal"],
    ['[1ex]', "invalid character 'x' in exponent of numeric literal"],
    ['"a\n"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['['.repeat(20_000), 'exceeded max depth'],
  ])('%j is refused with Go’s text', (text, message) => {
    expect(errorOf(() => parseGoJson(text))).toEqual({ status: 400, message });
  });

  it.each(['{"a":[1,-2.5e3,"\\u00e9",true,null,{}]} and more', ' [] ', '0', '"x"'])('%j is read', (text) => {
    expect(parseGoJson(text)).toEqual(JSON.parse(text.replace(' and more', '')));
  });

  it.each<[unknown, string]>([
    [
      { model: 'tiny', messages: 'x' },
      'json: cannot unmarshal string into Go struct field ChatRequest.messages of type []api.Message',
    ],
    [{ model: 5 }, 'json: cannot unmarshal number into Go struct field ChatRequest.model of type string'],
    [
      { options: [] },
      'json: cannot unmarshal array into Go struct field ChatRequest.options of type map[string]interface {}',
    ],
    [[], 'json: cannot unmarshal array into Go value of type api.ChatRequest'],
  ])('%j has a field of a wrong type', (body, message) => {
    expect(errorOf(() => checkBody(body, 'ChatRequest'))).toEqual({ status: 400, message });
  });

  it('refuses messages and images that are none', () => {
    expect(errorOf(() => checkMessages(['x']))?.message).toContain('of type api.Message');
    expect(errorOf(() => countImages(['no!base64']))?.message).toBe('illegal base64 data at input byte 2');
    expect(countImages(['aGVsbG8=', ''])).toBe(2);
  });
});

describe('an option', () => {
  const model = makeModel({ tag: 'm', sizeGb: 1, parameters: { temperature: 0.2, num_ctx: 512 } }, 0);

  it.each<[object, string]>([
    [{ num_ctx: 'big' }, 'option "num_ctx" must be of type integer'],
    [{ temperature: 'hot' }, 'option "temperature" must be of type float32'],
    [{ use_mmap: 1 }, 'option "use_mmap" must be of type boolean'],
    [{ stop: 'x' }, 'option "stop" must be of type array'],
    [{ stop: [1] }, 'option "stop" must be of an array of strings'],
  ])('%j is a 500', (options, message) => {
    expect(errorOf(() => mergeOptions(model, options))).toEqual({ status: 500, message });
  });

  it('goes over the model’s own, and an unknown one does no harm', () => {
    expect(mergeOptions(model, { num_ctx: 1_024, nonsense: 1, top_k: null })).toEqual({
      temperature: 0.2,
      num_ctx: 1_024,
      nonsense: 1,
    });
  });
});

describe('a name', () => {
  it.each([
    ['llama3', 'llama3:latest'],
    ['library/llama3', 'llama3:latest'],
    ['registry.ollama.ai/library/llama3:8b', 'llama3:8b'],
    ['user/model', 'user/model:latest'],
    ['host:5000/user/model:x', 'host:5000/user/model:x'],
  ])('%s is shown as %s', (text, tag) => {
    expect(parseName(text)?.tag).toBe(tag);
  });

  it.each(['', 'a b!/c', ':x', 'a:', 'a//b', 'a/b/c/d', '-x'])('%j is none', (text) => {
    expect(parseName(text)).toBeUndefined();
  });
});

it('prints times as Go does', () => {
  expect(goTime(Date.UTC(2026, 0, 2, 3, 4, 50))).toBe('2026-01-02T03:04:50Z');
  expect(goTime(Date.UTC(2026, 0, 2, 3, 4, 50, 120) + 0.25)).toBe('2026-01-02T03:04:50.12025Z');
});

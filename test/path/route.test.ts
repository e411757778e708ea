import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { place, route } from '../../src/path/route.ts';
import { makeSnapshot } from '../../src/path/snapshot.ts';
import type { Installed } from '../../src/ports/models.ts';

function routingOf(llm: object) {
  return makeSnapshot(configSchema.parse({ llm })).settings.routing;
}

const ROUTING = routingOf({
  models: {
    primary: 'big:32b',
    code: 'coder:16b',
    fast: 'small:7b',
    eyes: 'eyes:7b',
    painter: { name: 'painter', task_types: ['diagram', 'erd'] },
    second: { name: 'second:1b', task_types: ['erd'] },
  },
  routing: {
    default: 'primary',
    rules: [
      { pattern: 'function', model: 'fast' },
      { pattern: 'function|class', model: 'code', confidence: 2 },
      { pattern: 'class', model: 'big:32b', confidence: 2 },
      { pattern: 'erd', task: 'erd', confidence: 3 },
      { pattern: 'weather', model: 'fast', standalone: true, options: { temperature: 0 }, format: 'json' },
    ],
  },
});

describe('route', () => {
  it.each([
    [
      'hello',
      null,
      {},
      { model: 'big:32b', by: 'default', reason: 'no rule matched: primary is the default' },
    ],
    ['a function', null, {}, { model: 'coder:16b', by: 'rule', rule: 'function|class' }],
    ['a class', null, {}, { model: 'coder:16b', by: 'rule', rule: 'function|class' }],
    [
      'an erd',
      null,
      {},
      { model: 'painter:latest', by: 'rule', task: 'erd', reason: 'matched the rule erd for the task “erd”' },
    ],
    ['a function', 'fast', {}, { model: 'small:7b', by: 'choice', reason: 'this chat chose fast' }],
    ['hello', 'other', {}, { model: 'other:latest', by: 'choice' }],
    ['hello', 'fast', { model: 'code' }, { model: 'coder:16b', by: 'message', reason: 'code was asked for' }],
    ['weather?', null, {}, { standalone: true, options: { temperature: 0 }, format: 'json' }],
    ['hello', null, { standalone: true }, { standalone: true }],
  ])('%j, choice %j, %j → %j', (text, choice, more, expected) => {
    expect(route({ text, ...more }, choice, ROUTING)).toMatchObject(expected);
  });

  it('without a default leaves the model open', () => {
    expect(route({ text: 'hello' }, null, routingOf({}))).toMatchObject({ model: '', by: 'default' });
  });
});

function installed(tag: string, capabilities = ['completion'], modifiedAt = '2026-01-01'): Installed {
  return { tag, digest: tag, sizeBytes: 1, modifiedAt, capabilities };
}

const WORLD = {
  installed: [
    installed('big:32b'),
    installed('coder:16b'),
    installed('newest:1b', ['completion'], '2026-09-09'),
    installed('embedder:1b', ['embedding'], '2026-10-10'),
    installed('other-eyes:7b', ['completion', 'vision'], '2026-02-02'),
    installed('eyes:7b', ['completion', 'vision']),
  ],
  residents: [],
};
const asked = (name: string) => route({ text: '', model: name }, null, ROUTING);
const open = route({ text: 'hello' }, null, routingOf({}));

describe('place', () => {
  it('gives an installed model as it is called on the server', () => {
    expect(place(asked('CODER:16B'), false, WORLD, ROUTING)).toMatchObject({
      kind: 'model',
      model: 'coder:16b',
    });
  });

  it('lets the default answer for a model that is not installed, and says so', () => {
    expect(place(asked('fast'), false, WORLD, ROUTING)).toEqual({
      kind: 'model',
      model: 'big:32b',
      reason: 'fast was asked for, but it is not installed',
      notice: 'small:7b is not installed, so big:32b answers. To install it: ollama pull small:7b',
    });
  });

  it('without a default takes a model that is in memory, else the newest that can chat', () => {
    expect(place(open, false, { ...WORLD, residents: ['coder:16b'] }, routingOf({}))).toMatchObject({
      model: 'coder:16b',
    });
    expect(place(open, false, WORLD, routingOf({}))).toMatchObject({ model: 'newest:1b' });
  });

  it('gives a picture to the wanted model if it sees, else to one of the config, else to any that sees', () => {
    expect(place(asked('other-eyes:7b'), true, WORLD, ROUTING)).toMatchObject({ model: 'other-eyes:7b' });
    expect(place(asked('code'), true, WORLD, ROUTING)).toMatchObject({
      model: 'eyes:7b',
      notice: 'coder:16b cannot look at pictures, so eyes:7b answers.',
    });
    expect(place(open, true, WORLD, routingOf({}))).toEqual({
      kind: 'model',
      model: 'other-eyes:7b',
      reason: 'other-eyes:7b can look at pictures',
    });
  });

  it.each([
    [
      'a picture that nobody can see',
      asked('code'),
      true,
      [installed('coder:16b')],
      'no_vision',
      /ollama pull qwen2.5vl:7b/,
    ],
    ['no model at all', open, false, [], 'no_model', /^ollama pull big:32b$/],
    [
      'neither the model nor the default',
      asked('fast'),
      false,
      [installed('eyes:7b')],
      'no_model',
      /^ollama pull small:7b$/,
    ],
  ])('says what to install for %s', (_, wanted, hasImages, models, code, hint) => {
    const placement = place(wanted, hasImages, { installed: models, residents: [] }, ROUTING);
    expect(placement).toMatchObject({
      kind: 'impossible',
      failure: { code, hint: expect.stringMatching(hint) },
    });
  });
});

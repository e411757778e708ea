import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyOf, type Keyed, roundTemperature, type Scope } from '../../src/cache/key.ts';
import type { ModelOptions } from '../../src/path/job.ts';
import type { GenerateRequest, Turn } from '../../src/ports/generate.ts';

const keyOf = createKeyOf('a secret');

const REQUEST: GenerateRequest = {
  model: 'qwen2.5:7b',
  turns: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'What is AI?' },
  ],
  options: { temperature: 0.3, num_ctx: 8192 },
  keepAlive: '5m',
};

const KEYED: Keyed = {
  request: REQUEST,
  digest: 'sha256:1',
  scope: { kind: 'user', id: '42' },
  epochs: [1, 2, 3],
};

function keyWith(request: Partial<GenerateRequest>, rest: Partial<Keyed> = {}): string | undefined {
  return keyOf({ ...KEYED, ...rest, request: { ...REQUEST, ...request } });
}

const PICTURE = Buffer.from('picture one').toString('base64');
const turnWith = (turn: Partial<Turn>): readonly Turn[] => [{ role: 'user', content: 'What?', ...turn }];

const KEY = keyWith({}) as string;

test('a key is 64 hexadecimal digits and shows nothing of who asked', () => {
  expect(KEY).toMatch(/^[0-9a-f]{64}$/);
  expect(createKeyOf('another secret')(KEYED)).not.toBe(KEY);
});

test.each<[string, Partial<GenerateRequest>]>([
  ['keep_alive', { keepAlive: -1 }],
  ['the order of options', { options: { num_ctx: 8192, temperature: 0.3 } }],
  ['a temperature that is the same at two decimals', { options: { temperature: 0.302, num_ctx: 8192 } }],
])('%s makes no difference', (_, request) => {
  expect(keyWith(request)).toBe(KEY);
});

test.each<[string, Partial<GenerateRequest>, Partial<Keyed>?]>([
  ['the model', { model: 'qwen2.5:14b' }],
  ['what its tag stands for', {}, { digest: 'sha256:2' }],
  ['a temperature', { options: { temperature: 0.31, num_ctx: 8192 } }],
  ['an option', { options: { temperature: 0.3, num_ctx: 4096 } }],
  ['one more option', { options: { temperature: 0.3, num_ctx: 8192, seed: 1 } }],
  ['a number written as text', { options: { temperature: 0.3, num_ctx: '8192' } }],
  ['a format', { format: 'json' }],
  ['a schema', { format: { type: 'object' } }],
  ['thinking', { think: true }],
  ['no thinking', { think: false }],
  ['the depth of thinking', { think: 'low' }],
  ['who said it', { turns: REQUEST.turns.map((turn) => ({ ...turn, role: 'assistant' })) }],
  ['the order of turns', { turns: REQUEST.turns.toReversed() }],
  ['where one turn ends', { turns: [{ role: 'system', content: 'Be brief.What is AI?' }] }],
  ['pictures', { turns: REQUEST.turns.map((turn) => ({ ...turn, images: [PICTURE] })) }],
  ['the scope', {}, { scope: { kind: 'chat', id: '42' } }],
  ['the person', {}, { scope: { kind: 'user', id: '43' } }],
  ['an epoch', {}, { epochs: [1, 2, 4] }],
  ['whose epoch', {}, { epochs: [1, 3, 2] }],
  ['how many epochs', {}, { epochs: [1, 2] }],
])('%s makes a difference', (_, request, rest) => {
  expect(keyWith(request, rest)).toMatch(/^[0-9a-f]{64}$/);
  expect(keyWith(request, rest)).not.toBe(KEY);
});

test.each<[string, Partial<GenerateRequest>, Partial<Keyed>?]>([
  ['a model whose digest is not known', {}, { digest: undefined }],
  ['NaN among the options', { options: { temperature: Number.NaN } }],
  ['Infinity among the options', { options: { num_ctx: Number.POSITIVE_INFINITY } }],
  ['NaN in a schema', { format: { properties: { n: { maximum: Number.NaN } } } }],
  ['an epoch that is no number', {}, { epochs: [Number.NaN] }],
  ['half a surrogate pair', { turns: turnWith({ content: 'a\ud800b' }) }],
])('%s has no key', (_, request, rest) => {
  expect(keyWith(request, rest)).toBeUndefined();
});

test('half a surrogate pair is found among many turns, and what is shown in its place is a text like any other', () => {
  const turns = Array.from({ length: 25 }, (): Turn => ({ role: 'user', content: '—' }));
  for (const at of [0, 24]) {
    const [half, shown] = ['\ud83d', '\ufffd'].map((content) =>
      keyWith({ turns: turns.with(at, { role: 'user', content }) }),
    );
    expect(half).toBeUndefined();
    expect(shown).toMatch(/^[0-9a-f]{64}$/);
  }
});

test('pictures count by their bytes, their number and their order', () => {
  const other = Buffer.from('picture two').toString('base64');
  const keys = [[], [PICTURE], [other], [PICTURE, other], [other, PICTURE]].map((images) =>
    keyWith({ turns: turnWith({ images }) }),
  );
  expect(new Set(keys).size).toBe(5);
  const unpadded = PICTURE.replace(/=+$/, '');
  expect(keyWith({ turns: turnWith({ images: [unpadded] }) })).toBe(keys[1]);
});

test('remembered digests give the same key, and turns that could change are read again', () => {
  const turns = Array.from({ length: 25 }, (_, at) => ({ role: 'user' as const, content: `turn ${at} ü🙂` }));
  const frozen = turns.map((turn) => Object.freeze({ ...turn }));
  const key = keyWith({ turns });
  expect([keyWith({ turns: frozen }), keyWith({ turns: frozen })]).toEqual([key, key]);
  const other = frozen.with(5, Object.freeze({ role: 'user', content: 'changed' }));
  expect(keyWith({ turns: other })).not.toBe(key);
  expect(keyWith({ turns: frozen })).toBe(key);

  (turns[3] as { content: string }).content = 'changed';
  expect(keyWith({ turns })).not.toBe(key);
});

test('a frozen turn whose pictures could change is read again', () => {
  const images = [PICTURE];
  const turns = Array.from({ length: 25 }, () =>
    Object.freeze({ role: 'user' as const, content: 'What?', images }),
  );
  const key = keyWith({ turns });
  images[0] = Buffer.from('picture two').toString('base64');
  expect(keyWith({ turns })).not.toBe(key);
});

test('a long conversation is told from one that differs in one letter', () => {
  const long = 'ü'.repeat(200_000);
  expect(keyWith({ turns: turnWith({ content: `${long}a` }) })).not.toBe(
    keyWith({ turns: turnWith({ content: `${long}b` }) }),
  );
});

test('temperature is rounded to two decimals, and nothing else is touched', () => {
  const options = { temperature: 0.304_999, top_p: 0.123_456, stop: ['a'] };
  expect(roundTemperature(options)).toEqual({ ...options, temperature: 0.3 });
  expect(roundTemperature({ top_p: 0.123 })).toEqual({ top_p: 0.123 });
  expect(roundTemperature({ temperature: -0.001 })).toEqual({ temperature: -0 });
});

/** From few pieces, so that two often are the same, or nearly so. */
const text = fc
  .array(fc.constantFrom('a', 'b', '1', ' ', ';', ',', 'user', '#', '\n', 'é', '🙂'), { maxLength: 3 })
  .map((pieces) => pieces.join(''));
const turn: fc.Arbitrary<Turn> = fc.record(
  {
    role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const),
    content: text,
    images: fc.array(
      text.map((bytes) => Buffer.from(bytes).toString('base64')),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ['role', 'content'] },
);
const options: fc.Arbitrary<ModelOptions> = fc.record(
  {
    temperature: fc.constantFrom(0, -0, 0.3, 0.301, 1),
    num_ctx: fc.constantFrom(1, 2, 12),
    stop: fc.oneof(text, fc.array(text, { maxLength: 2 })),
    '1': fc.constantFrom(true, 'true', 1),
  },
  { requiredKeys: [] },
);
const keyed: fc.Arbitrary<Keyed> = fc.record({
  request: fc.record(
    {
      model: fc.constantFrom('a', 'b', 'a1'),
      turns: fc.oneof(
        fc.array(turn, { maxLength: 4 }),
        // More than what is remembered together.
        fc.array(turn, { minLength: 18, maxLength: 42 }),
      ),
      options,
      keepAlive: fc.constantFrom('5m', 60, -1),
      format: fc.constantFrom<'json' | Record<string, unknown>>('json', {}, { type: 'json' }),
      think: fc.constantFrom<boolean | 'low'>(true, false, 'low'),
    },
    { requiredKeys: ['model', 'turns', 'options', 'keepAlive'] },
  ),
  digest: fc.constantFrom('1', '11', 'a'),
  scope: fc.record({ kind: fc.constantFrom<Scope['kind']>('user', 'chat', 'shared'), id: text }),
  epochs: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 3 }),
});

/** The body that Ollama is sent, and everything else that a key stands for. */
function meant({ request: { keepAlive: _, ...sent }, ...rest }: Keyed): string {
  const rounded = roundTemperature(sent.options);
  const sorted = Object.fromEntries(Object.entries(rounded).sort(([one], [other]) => (one < other ? -1 : 1)));
  const { model, turns, format, think } = sent;
  const said = turns.map(({ role, content, images }) => ({ role, content, images }));
  return JSON.stringify([
    model,
    said,
    sorted,
    format === undefined,
    format,
    think === undefined,
    think,
    rest,
  ]);
}

function oneChange(base: Keyed, other: Keyed): fc.Arbitrary<Keyed> {
  const at = fc.nat({ max: Math.max(0, base.request.turns.length - 1) });
  return fc.oneof(
    fc.constant({ ...base }),
    fc.constant(other),
    fc.constantFrom('digest' as const, 'scope' as const, 'epochs' as const).map((name) => ({
      ...base,
      [name]: other[name],
    })),
    fc
      .constantFrom('model' as const, 'options' as const, 'turns' as const, 'keepAlive' as const)
      .map((name) => ({
        ...base,
        request: { ...base.request, [name]: other.request[name] },
      })),
    fc.tuple(at, turn).map(([place, changed]) => ({
      ...base,
      request: {
        ...base.request,
        turns: base.request.turns.map((old, index) => (index === place ? changed : old)),
      },
    })),
  );
}

test('two requests share a key exactly when the same is sent to the same model in the same scope and epochs', () => {
  const pairs = fc
    .tuple(keyed, keyed)
    .chain(([base, other]) => fc.tuple(fc.constant(base), oneChange(base, other), fc.boolean()));
  let shared = 0;
  fc.assert(
    fc.property(pairs, ([one, other, isFrozen]) => {
      if (isFrozen) for (const said of one.request.turns) Object.freeze(said);
      const isSame = meant(one) === meant(other);
      if (isSame) shared += 1;
      const keys = [keyOf(one), keyOf(other)];
      expect(keys.every((key) => key !== undefined)).toBe(true);
      expect(keys[0] === keys[1]).toBe(isSame);
    }),
    { numRuns: 1_000 },
  );
  // Both cases were met often enough to mean something.
  expect(shared).toBeGreaterThan(100);
  expect(shared).toBeLessThan(900);
});

import { expect, test } from 'vitest';
import type { Answer, Provenance } from '../../../src/chat/exchange.ts';

const address = new URL('../../../adapters/web/page/words.js', import.meta.url).href;
const { awayWords, modelWords, provenanceWords } = await import(address);

const URL_OF_OLLAMA = 'http://gpu:11434';

const answers: readonly [Partial<Answer>, Partial<Provenance>, string][] = [
  [{}, { by: 'default' }, '🏠 m · default · 5.0 s · 20 tok/s'],
  [{}, { by: 'choice' }, '🏠 m · chosen for this chat · 5.0 s · 20 tok/s'],
  [{}, { by: 'message' }, '🏠 m · asked for this question · 5.0 s · 20 tok/s'],
  [{}, { by: 'rule' }, '🏠 m · by a rule · 5.0 s · 20 tok/s'],
  [{}, { by: 'rule', rule: 'x'.repeat(50) }, `🏠 m · rule “${'x'.repeat(31)}…” · 5.0 s · 20 tok/s`],
  [{ tokens: 10 }, {}, '🏠 m · default · 5.0 s · 2.5 tok/s'],
  [{ tokens: 0 }, {}, '🏠 m · default · 5.0 s'],
  [{ seconds: 61, waitSeconds: 61 }, {}, '🏠 m · default · 1 min 1 s'],
  [{ seconds: 119.8, waitSeconds: 119.8 }, {}, '🏠 m · default · 2 min 0 s'],
  [{ from: 'cloud' }, {}, '☁️ m · default · 5.0 s · 20 tok/s'],
  [{ from: 'cache', seconds: 0.01 }, {}, '⚡ m · default · from the cache · at once'],
];

test.each(answers)('an answer with %j by %j says where it is from', (change, why, words) => {
  const answer = { from: 'local', tokens: 80, seconds: 5, waitSeconds: 1, ...change };
  const said = provenanceWords({ ...answer, provenance: { model: 'm', by: 'default', ...why } });
  expect(said.replaceAll('\u00a0', ' ')).toBe(words);
});

test('a model shows its state, and a model at rest only its sign', () => {
  const model = { tag: 'm', aliases: [], state: 'not_loaded', sizeBytes: 250e6 };
  expect(modelWords(model)).toBe('⚪ m · 250 MB');
  expect(modelWords({ ...model, state: 'in_use' })).toBe('🟢 m · 250 MB · in use');
  expect(modelWords({ ...model, state: 'unloading', sizeBytes: 0 })).toBe('🟡 m · unloading');
});

test('that Ollama is away is said once', () => {
  const detail = `Ollama at ${URL_OF_OLLAMA} cannot be reached.`;
  expect(awayWords({ url: URL_OF_OLLAMA, detail })).toBe(`${detail} Trying again.`);
  expect(awayWords({ url: URL_OF_OLLAMA, detail: '' })).toBe(
    'Ollama at http://gpu:11434 cannot be reached; trying again.',
  );
});

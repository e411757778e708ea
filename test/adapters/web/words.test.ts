import { expect, test } from 'vitest';
import type { Answer, Provenance } from '../../../src/chat/exchange.ts';
import type { Progress } from '../../../src/chat/progress.ts';

const address = new URL('../../../adapters/web/page/words.js', import.meta.url).href;
const { awayWords, modelWords, progressWords, provenanceWords } = await import(address);

const URL_OF_OLLAMA = 'http://gpu:11434';

const waits: readonly [Progress, string][] = [
  [{ stage: 'queued', waitsFor: 'turn', ahead: 0 }, 'Next in line'],
  [{ stage: 'queued', waitsFor: 'turn', ahead: 1 }, '1 question ahead'],
  [{ stage: 'queued', waitsFor: 'turn', ahead: 2 }, '2 questions ahead'],
  [{ stage: 'queued', waitsFor: 'chat', ahead: 1 }, 'Waiting for your earlier question · 1 question ahead'],
  [{ stage: 'queued', waitsFor: 'model', ahead: 0, model: 'm' }, 'Waiting for m'],
  [{ stage: 'queued', waitsFor: 'model', ahead: 3 }, 'Waiting for its model · 3 questions ahead'],
  [
    { stage: 'queued', waitsFor: 'ollama', ahead: 0 },
    'Ollama at http://gpu:11434 cannot be reached; trying again',
  ],
  [{ stage: 'unloading', model: 'b', unloading: ['a', 'c'] }, 'Unloading a, c → then loading b'],
  [{ stage: 'loading', model: 'b', forSeconds: 12.9 }, 'Loading b (12 s so far)'],
  [{ stage: 'generating', model: 'b' }, 'b is reading your question'],
];

test.each(waits)('%j is said as %s', (progress, words) => {
  expect(progressWords(progress, { url: URL_OF_OLLAMA })).toBe(words);
});

test('a model whose words are coming is answering', () => {
  expect(progressWords({ stage: 'generating', model: 'b' }, { begun: true })).toBe('b is answering');
});

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

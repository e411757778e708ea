import { expect, test } from 'vitest';
import { codeSpan } from '../../src/chat/code-span.ts';
import { describeModel, describeTimeLeft } from '../../src/chat/describe-model.ts';
import { describeOllama } from '../../src/chat/describe-ollama.ts';
import type { ModelView } from '../../src/chat/status-view.ts';

const MODEL: ModelView = {
  tag: 'm:7b',
  aliases: [],
  state: 'not_loaded',
  sizeBytes: 250e6,
  capabilities: [],
};

const models: readonly [Partial<ModelView>, string][] = [
  [{}, '⚪ m:7b · 250 MB'],
  [{ state: 'loading' }, '🔵 m:7b · 250 MB · loading'],
  [{ state: 'ready', sizeBytes: 4.7e9 }, '🟢 m:7b · 4.7 GB · ready'],
  [{ state: 'in_use', aliases: ['a', 'b'] }, '🟢 m:7b (a, b) · 250 MB · in use'],
  [{ state: 'unloading', sizeBytes: 0 }, '🟡 m:7b · unloading'],
  [{ state: 'failed', reason: 'not enough memory' }, '🔴 m:7b · 250 MB · failed: not enough memory'],
];

test.each(models)('a model with %j shows its state', (change, words) => {
  expect(describeModel({ ...MODEL, ...change })).toBe(words);
});

const times: readonly [Partial<ModelView>, string][] = [
  [{ state: 'ready', expiresAt: null }, 'stays in memory'],
  [{ state: 'ready', expiresAt: 1_001 }, '1\u00a0s left'],
  [{ state: 'ready', expiresAt: 61_000 }, '1 min left'],
  [{ state: 'ready', expiresAt: 1_000 + 119 * 60_000 }, '119 min left'],
  [{ state: 'ready', expiresAt: 1_000 + 24 * 3_600_000 }, '24\u00a0h left'],
  [{ state: 'ready', expiresAt: 1_000 }, ''],
  [{ state: 'ready' }, ''],
  [{ state: 'in_use', expiresAt: 61_000 }, ''],
  [{ state: 'not_loaded' }, ''],
];

test.each(times)('how long a model with %j stays', (change, words) => {
  expect(describeTimeLeft({ ...MODEL, ...change }, 1_000)).toBe(words);
});

test('what others wrote of a model can be shown as code', () => {
  const model: ModelView = { ...MODEL, aliases: ['a'], state: 'failed', reason: 'out of *memory*' };
  expect(describeModel(model, codeSpan)).toBe('🔴 `m:7b` (`a`) · 250 MB · failed: `out of *memory*`');
});

test.each([
  ['`a`', "`'a'`"],
  ['a\n\n# b', '`a # b`'],
  ['', '`…`'],
  ['x'.repeat(10_000), `\`${'x'.repeat(199)}…\``],
])('nothing leads out of a code span: %j', (foreign, span) => {
  expect(codeSpan(foreign)).toBe(span);
});

const URL_OF_OLLAMA = 'http://gpu:11434';
const GONE = `Ollama at ${URL_OF_OLLAMA} cannot be reached.`;

test.each([
  [true, 'Ollama 0.33.0', `Ollama 0.33.0 at ${URL_OF_OLLAMA}`],
  [false, GONE, `${GONE} Trying again.`],
  [false, '', `Ollama at ${URL_OF_OLLAMA} cannot be reached; trying again.`],
  [false, 'It hangs.', `Ollama at ${URL_OF_OLLAMA} cannot be reached; trying again. It hangs.`],
])('Ollama is named once (reachable: %s, %j)', (reachable, detail, words) => {
  expect(describeOllama({ url: URL_OF_OLLAMA, reachable, detail })).toBe(words);
});

import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOllama, type Ollama } from '../../demo/ollama/ollama.ts';
import { exchange } from './client.ts';

const PATHS = ['chat', 'generate', 'show', 'pull', 'embed', 'ps', 'tags', 'nope', '__proto__'].map(
  (name) => `/api/${name}`,
);
const MODELS = [{ tag: 'a', sizeGb: 0.001 }];

let ollama: Ollama;
beforeAll(async () => {
  ollama = await createOllama({ speed: 100_000, models: MODELS, keepRecords: 10 });
});
afterAll(() => ollama.close());

const field = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('a', 'A:latest', -1, '5m', [], {}));
const names = [
  'model',
  'messages',
  'prompt',
  'keep_alive',
  'options',
  'think',
  'format',
  'stream',
  'tools',
  'images',
];
const body = fc.oneof(
  fc.string(),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc
    .dictionary(fc.constantFrom(...names), field)
    .map((value) => JSON.stringify({ model: 'a', options: { num_predict: 3 }, ...value })),
);

it('answers whatever it is sent, and stays up', async () => {
  const paths = fc.constantFrom(...PATHS, '/v1/chat/completions');
  await fc.assert(
    fc.asyncProperty(paths, fc.constantFrom('POST', 'PUT', 'DELETE'), body, async (path, method, raw) => {
      const { status } = await exchange(ollama, { path, method, raw });
      expect(status).toBeGreaterThanOrEqual(200);
      expect(status).toBeLessThan(600);
    }),
    { numRuns: 300, seed: 1 },
  );
  await ollama.until(() => ollama.running() === 0 && ollama.queued() === 0);
  expect(ollama.residents().every(({ references }) => references === 0)).toBe(true);
});

it('survives clients that leave at any moment', async () => {
  const bodies = Array.from({ length: 60 }, (_, index) => ({
    model: 'a',
    messages: [{ role: 'user', content: 'x'.repeat(index * 50) }],
    options: { num_ctx: 512 + (index % 3) },
  }));
  await Promise.all(
    bodies.map(async (value, index) => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), index % 20);
      await exchange(ollama, { path: '/api/chat', body: value }, abort.signal).catch(() => undefined);
    }),
  );
  await ollama.until(() => ollama.running() === 0 && ollama.queued() === 0 && ollama.open() === 0);
  expect(ollama.residents().every(({ references }) => references === 0)).toBe(true);
});

it('survives half a body, no HTTP at all, and a body of 20 MB', async () => {
  const speak = (text: string) =>
    new Promise<void>((resolve) => {
      const socket = connect(ollama.port, '127.0.0.1', () => socket.end(text));
      socket.on('close', () => resolve());
      socket.on('error', () => resolve());
      socket.resume();
    });
  await speak('POST /api/chat HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"model":');
  await speak('\u0000\u0001 nonsense\r\n\r\n');
  const messages = [{ role: 'user', content: 'x'.repeat(20_000_000) }];
  const large = { model: 'a', messages, stream: false, options: { num_predict: 1 } };
  const { status } = await exchange(ollama, { path: '/api/chat', body: large });
  expect(status).toBe(200);
});

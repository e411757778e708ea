import { describe, expect, it } from 'vitest';
import { exchange } from './client.ts';
import { errorOf, MODELS, smallServers } from './small-server.ts';

const start = smallServers();

describe('every error text', () => {
  it.each<[string, string, object, number, string]>([
    ['an unknown model', '/api/chat', { model: 'x', messages: [] }, 404, "model 'x' not found"],
    ['an unknown model', '/api/generate', { model: 'x' }, 404, "model 'x' not found"],
    ['an unknown model', '/api/embed', { model: 'x' }, 404, "model 'x' not found"],
    ['no model', '/api/chat', {}, 400, 'model is required'],
    ['a bad name', '/api/chat', { model: 'a b' }, 400, 'invalid model name'],
    [
      'a model that cannot think',
      '/api/chat',
      { model: 'a', think: true },
      400,
      '"a" does not support thinking',
    ],
    [
      'a wrong think value',
      '/api/chat',
      { model: 'a', think: 'much' },
      400,
      'invalid think value: "much" (must be "high", "medium", "low", "max", true, or false)',
    ],
    ['an embedding model', '/api/chat', { model: 'e' }, 400, '"e" does not support chat'],
    ['an embedding model', '/api/generate', { model: 'e' }, 400, '"e" does not support generate'],
    [
      'tools',
      '/api/chat',
      { model: 'a', tools: [{}] },
      400,
      'registry.ollama.ai/library/a:latest does not support tools',
    ],
    [
      'a bad option',
      '/api/chat',
      { model: 'a', options: { num_ctx: '' } },
      500,
      'option "num_ctx" must be of type integer',
    ],
    [
      'a bad format',
      '/api/generate',
      { model: 'a', prompt: 'x', format: 'xml' },
      500,
      'invalid format: "\\"xml\\""; expected "json" or a valid JSON Schema object',
    ],
  ])('%s on %s', async (_, path, body, status, text) => {
    const { ollama } = await start({
      models: [MODELS[0], { tag: 'e', sizeGb: 1, capabilities: ['embedding'] }],
    });
    const answer = await exchange(ollama, { path, body });
    expect(answer.status).toBe(status);
    expect(errorOf(answer)).toBe(text);
  });

  it.each([
    ['killed', 'llama-server process has terminated: signal: killed'],
    ['timed-out', 'timed out waiting for llama-server to start - progress 0.50 - '],
    ['out-of-memory', 'llama-server reported out-of-memory during startup: cudaMalloc failed: out of memory'],
  ] as const)('a load that is %s', async (how, text) => {
    const { ollama, load } = await start();
    ollama.inject({ type: 'load-fails', model: 'a', how });
    const answer = await load('a');
    expect(answer.status).toBe(500);
    expect(errorOf(answer)).toBe(text);
    expect(ollama.residents()).toEqual([]);
    expect((await load('a')).status).toBe(200);
  });

  it('out of memory on load is tried once more, with everything else evicted', async () => {
    const { ollama, load, tags, loads } = await start();
    await load('a');
    ollama.inject({ type: 'load-fails', model: 'b', how: 'out-of-memory', attempts: 1 });
    expect((await load('b')).status).toBe(200);
    expect(tags()).toEqual(['b']);
    expect(loads()).toEqual(['a', 'b', 'b']);
  });

  it('out of memory where neither GPU nor RAM has room', async () => {
    const { load } = await start();
    expect(errorOf(await load('huge'))).toContain('out-of-memory');
  });
});

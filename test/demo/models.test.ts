import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readModelFile } from '../../demo/ollama/model-spec.ts';
import { createOllama, type Ollama } from '../../demo/ollama/ollama.ts';
import { exchange } from './client.ts';

const folder = mkdtempSync(join(tmpdir(), 'ostler-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(text: string): string {
  const path = join(folder, `${performance.now()}.yaml`);
  writeFileSync(path, text);
  return path;
}

describe('a file of models', () => {
  it('is JSON or YAML', () => {
    const spec = {
      tag: 'a',
      sizeGb: 4.7,
      capabilities: ['completion', 'vision'],
      parameters: { num_ctx: 8_192 },
    };
    expect(readModelFile(fileWith(JSON.stringify([spec])))).toEqual([spec]);
    expect(readModelFile(fileWith('- tag: b\n  sizeGb: 1\n'))).toEqual([{ tag: 'b', sizeGb: 1 }]);
  });

  it.each([
    ['- tag: a\n  sizeGb: 1\n  size: 2', /0: .*"size"/],
    ['- tag: a b\n  sizeGb: 1', /0\.tag: is not a model name/],
    ['- tag: a\n  sizeGb: 0', /0\.sizeGb/],
    ['- tag: a\n  sizeGb: 1\n- tag: A:latest\n  sizeGb: 1', /1\.tag: is there twice/],
    ['{}', /is not a list of models/],
    ['[', /yaml/],
  ])('%j is refused with the place', (text, message) => {
    expect(() => readModelFile(fileWith(text))).toThrow(message);
  });
});

describe('models on the server', () => {
  let ollama: Ollama;
  afterEach(() => ollama.close());
  const tagsOf = async () => {
    const { body } = await exchange(ollama, { path: '/api/tags' });
    return (body as { models: { name: string; modified_at: string; digest: string }[] }).models;
  };

  it('are those of the design documents', async () => {
    ollama = await createOllama();
    const models = await tagsOf();
    expect(models.map(({ name }) => name)).toEqual([
      'qwen2.5:32b',
      'deepseek-coder-v2:16b',
      'qwen2.5:7b',
      'mermaid-mistral:latest',
      'codellama:13b-instruct-q4_K_M',
      'llama3:8b-instruct-q4_K_M',
    ]);
    expect(new Set(models.map(({ modified_at }) => modified_at)).size).toBe(models.length);
    expect(new Set(models.map(({ digest }) => digest)).size).toBe(models.length);
  });

  it('are pulled with progress, and deleted', async () => {
    ollama = await createOllama({ speed: 100_000 });
    const { body } = await exchange(ollama, { path: '/api/pull', body: { model: 'llava:7b' } });
    const lines = body as { status: string; total?: number; completed?: number }[];
    expect(lines[0]).toEqual({ status: 'pulling manifest' });
    expect(lines.at(-1)).toEqual({ status: 'success' });
    expect(lines.at(-4)).toMatchObject({ completed: 4.7e9, total: 4.7e9 });
    expect((await tagsOf())[0]?.name).toBe('llava:7b');
    const gone = await exchange(ollama, {
      path: '/api/delete',
      method: 'DELETE',
      body: { model: 'llava:7b' },
    });
    expect(gone).toMatchObject({ status: 200, body: '' });
    expect((await tagsOf()).some(({ name }) => name === 'llava:7b')).toBe(false);
  });

  it('see images where they can, and count them in the prompt', async () => {
    ollama = await createOllama({
      speed: 100_000,
      models: [{ tag: 'v', sizeGb: 1, capabilities: ['completion', 'vision'] }],
    });
    const counts = [];
    for (const message of [
      { content: 'x' },
      { content: 'x'.repeat(400) },
      { content: 'x', images: ['aGk='] },
    ]) {
      const body = { model: 'v', messages: [{ role: 'user', ...message }], stream: false };
      const answer = await exchange(ollama, { path: '/api/chat', body });
      counts.push((answer.body as { prompt_eval_count: number }).prompt_eval_count);
    }
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(new Set(counts).size).toBe(3);
  });

  it('stop at a stop word, and speak OpenAI’s streams', async () => {
    ollama = await createOllama({
      speed: 100_000,
      answer: () => 'one two three',
      models: [{ tag: 'a', sizeGb: 1 }],
    });
    const ask = { model: 'a', prompt: 'x', stream: false, options: { stop: ['two'] } };
    expect(await exchange(ollama, { path: '/api/generate', body: ask })).toMatchObject({
      body: { response: 'one ', done_reason: 'stop' },
    });
    const door = { model: 'a', messages: [{ role: 'user', content: 'x' }], stream: true };
    const { body, contentType } = await exchange(ollama, { path: '/v1/chat/completions', body: door });
    expect(contentType).toBe('text/event-stream');
    expect(String(body).trimEnd().endsWith('data: [DONE]')).toBe(true);
    const unknown = await exchange(ollama, { path: '/v1/chat/completions', body: { ...door, model: 'x' } });
    expect(unknown).toMatchObject({ status: 404, body: { error: { type: 'not_found_error' } } });
  });
});

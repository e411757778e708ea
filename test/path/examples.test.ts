import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Ollama } from '../../demo/ollama/ollama.ts';
import { parseConfig } from '../../src/config/load.ts';
import { simulatedOllama, testOstler } from '../servers/ostler.ts';

const LONG =
  'This question is long enough to be no short message any more: it goes on and on, about horses and hay.';

/** An example as it is shipped, pointed at the simulated Ollama. */
async function runExample(name: string, ollama: Ollama) {
  const file = `config/examples/${name}`;
  const { config } = parseConfig({ text: await readFile(file, 'utf8'), file, env: {} });
  return testOstler(ollama, { llm: { ...config.llm, base_url: ollama.url } });
}

/** Of all that was loaded and asked; 0 only unloads. */
function keepAlives(ollama: Ollama): readonly unknown[] {
  return ollama
    .requests()
    .filter(({ path }) => path === '/api/chat' || path === '/api/generate')
    .map(({ body }) => (body as { keep_alive?: unknown }).keep_alive)
    .filter((keepAlive) => keepAlive !== 0);
}

describe('the example high-performance.yaml', () => {
  it('routes code to the coder, short messages to the fast one, the rest to the primary', async () => {
    const ollama = await simulatedOllama({ vramGib: 64, ramGib: 64 });
    const ostler = await runExample('high-performance.yaml', ollama);
    const asked = ['Write a function to sort an array', 'Hello there', LONG, 'IMPLEMENT it'];
    const answers = [];
    for (const text of asked) answers.push(await ostler.ask(text));
    expect(answers).toMatchObject([
      { answer: { provenance: { model: 'deepseek-coder-v2:16b', rule: '(code|function|class|implement)' } } },
      { answer: { provenance: { model: 'qwen2.5:7b', rule: '^.{0,100}$' } } },
      { answer: { provenance: { model: 'qwen2.5:32b', by: 'default' } } },
      { answer: { provenance: { model: 'deepseek-coder-v2:16b' } } },
    ]);
    expect(new Set(keepAlives(ollama))).toEqual(new Set(['30m']));
  });
});

describe('the example memory-constrained.yaml', () => {
  it('answers everything with its one model, kept for two minutes', async () => {
    const ollama = await simulatedOllama({ vramGib: 8, ramGib: 16 });
    const ostler = await runExample('memory-constrained.yaml', ollama);
    for (const text of ['Write a function', 'Hello', LONG]) {
      expect(await ostler.ask(text)).toMatchObject({
        answer: { provenance: { model: 'qwen2.5:7b', by: 'default' } },
      });
    }
    expect(new Set(keepAlives(ollama))).toEqual(new Set(['2m']));
    expect(ollama.residents().map(({ tag }) => tag)).toEqual(['qwen2.5:7b']);
  });
});

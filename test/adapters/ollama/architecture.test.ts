import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../../adapters/ollama/architecture.ts';

const LLAMA = {
  'general.architecture': 'llama',
  'llama.attention.head_count': 32,
  'llama.attention.head_count_kv': 8,
  'llama.block_count': 4,
  'llama.context_length': 8_192,
  'llama.embedding_length': 4_096,
};
const READ = { layers: 4, heads: 32, kvHeads: 32, embeddingLength: 4_096 };

describe('the numbers of a model', () => {
  it.each<[string, object, object | undefined]>([
    ['are read', {}, READ],
    [
      'are not those of the part that sees',
      { 'llama.vision.block_count': 27, 'llama.vision.embedding_length': 1_152 },
      READ,
    ],
    [
      'are added up where each layer has its own',
      { 'llama.attention.head_count_kv': [0, 2, 0, 8] },
      { ...READ, kvHeads: 10 },
    ],
    ['take no more layers than there are', { 'llama.attention.head_count_kv': [8, 8, 8, 8, 100] }, READ],
    ['take the most heads', { 'llama.attention.head_count': [32, 64, 32, 32] }, { ...READ, heads: 64 }],
    [
      'say that each head keeps its own',
      { 'llama.attention.head_count_kv': undefined },
      { ...READ, kvHeads: 128 },
    ],
    ['may say that none does', { 'llama.attention.head_count_kv': 0 }, { ...READ, kvHeads: 0 }],
    ['are not known where Ollama leaves out a list', { 'llama.attention.head_count_kv': null }, undefined],
    ['are not known where Ollama empties a list', { 'llama.attention.head_count_kv': [] }, undefined],
    ['are not known where a list is too short', { 'llama.attention.head_count_kv': [8, 8] }, undefined],
    [
      'are not known where a list holds a text',
      { 'llama.attention.head_count_kv': [8, 8, '8', 8] },
      undefined,
    ],
    ['are not known where the heads are left out', { 'llama.attention.head_count': null }, undefined],
    ['are not known without layers', { 'llama.block_count': undefined }, undefined],
    ['are not known without a length', { 'llama.embedding_length': 0 }, undefined],
    ['are not known where they are texts', { 'llama.block_count': '4' }, undefined],
    ['are not known of another architecture', { 'general.architecture': 'gemma3' }, undefined],
  ])('%s', (_, change, architecture) => {
    expect(readArchitecture({ ...LLAMA, ...change }).architecture).toEqual(architecture);
  });

  it('say the context also where they say nothing else', () => {
    const info = { 'general.architecture': 'gptoss', 'gptoss.context_length': 131_072 };
    expect(readArchitecture(info)).toEqual({ trainedContext: 131_072 });
    expect(readArchitecture({})).toEqual({});
  });
});

import { describe, expect, it } from 'vitest';
import { ollamaServer } from '../../adapters/ollama/server.ts';
import { predictedBytes } from '../../demo/ollama/memory.ts';
import { DEFAULT_MODELS, makeModel } from '../../demo/ollama/models.ts';
import { contextOf, optionOf, predictNeed } from '../../src/models/need.ts';
import type { ModelDetails } from '../../src/ports/models.ts';
import { connectTo } from '../adapters/ollama/connect.ts';
import { simulatedOllama } from '../servers/ostler.ts';

const never = new AbortController().signal;
const MIB = 1_024 ** 2;
const GIB = 1_024 ** 3;

/** Llama 3 8B: 128 KiB of keys and values for each token. */
const LLAMA: ModelDetails = {
  capabilities: ['completion'],
  trainedContext: 8_192,
  architecture: { layers: 32, heads: 32, kvHeads: 32 * 8, embeddingLength: 4_096 },
  parameters: {},
};
const FILE = 4_700_000_000;
const TOKEN = 131_072;

const load = (tokens: number | undefined, slots = 1, batch?: number) => ({ tokens, slots, batch });
const predict = (details: ModelDetails | undefined, settings: ReturnType<typeof load>) =>
  predictNeed({ sizeBytes: FILE, details }, settings);

describe('the context of a model', () => {
  it.each([
    ['ours', { num_ctx: 2_048 }, { num_ctx: '512' }, 0, { tokens: 2_048, isAutomatic: false }],
    ['else the model’s own', {}, { num_ctx: '512' }, 0, { tokens: 512, isAutomatic: false }],
    ['no more than it was trained for', { num_ctx: 100_000 }, {}, 0, { tokens: 8_192, isAutomatic: false }],
    ['a small one on the CPU', {}, {}, 0, { tokens: 4_096, isAutomatic: true }],
    ['a small one on a card of 16 GB', {}, {}, 16 * GIB, { tokens: 4_096, isAutomatic: true }],
    ['what it was trained for on a large card', {}, {}, 80 * GIB, { tokens: 8_192, isAutomatic: true }],
    ['not known where the GPU is not', {}, {}, undefined, { tokens: undefined, isAutomatic: true }],
  ])('is %s', (_, options, parameters, gpuBytes, context) => {
    expect(contextOf({ ...LLAMA, parameters }, options, gpuBytes)).toEqual(context);
  });

  it.each([
    [23 * GIB - 1, 4_096],
    [23 * GIB, 32_768],
    [47 * GIB - 1, 32_768],
    [47 * GIB, 262_144],
  ])('goes by the memory of all GPUs: with %i bytes it is %i', (gpuBytes, tokens) => {
    expect(contextOf(undefined, {}, gpuBytes).tokens).toBe(tokens);
  });

  it('is no nonsense that somebody wrote', () => {
    expect(optionOf('num_ctx', { ...LLAMA, parameters: { num_ctx: 'many' } }, {})).toBeUndefined();
    expect(optionOf('num_batch', LLAMA, { num_batch: 256 })).toBe(256);
  });
});

describe('the need of a model', () => {
  it.each([
    ['its file, keys and values', load(4_096), FILE + 4_096 * TOKEN],
    [
      'more for a longer context, which is read in larger pieces',
      load(8_192),
      FILE + 8_192 * TOKEN + 768 * MIB,
    ],
    ['as much again for every slot', load(4_096, 2), FILE + 8_192 * TOKEN + 768 * MIB],
    ['most for a very long one', load(65_536), FILE + 65_536 * TOKEN + 2 * GIB],
    ['less where pieces are kept small', load(8_192, 1, 512), FILE + 8_192 * TOKEN],
    ['more where they are made large', load(4_096, 1, 2_048), FILE + 4_096 * TOKEN + 2 * GIB],
  ])('is %s', (_, settings, bytes) => {
    expect(predict(LLAMA, settings)).toEqual({
      bytes,
      basis: 'computed',
      besideBytes: bytes,
      leastBytes: FILE,
    });
  });

  it('that only embeds has one slot and no large pieces', () => {
    const embeds = { ...LLAMA, capabilities: ['embedding'] };
    expect(predict(embeds, load(8_192, 4)).bytes).toBe(FILE + 8_192 * TOKEN);
  });

  it('without attention is reckoned with a head for each layer', () => {
    const architecture = { layers: 48, heads: 32, kvHeads: 0, embeddingLength: 4_096 };
    expect(predict({ ...LLAMA, architecture }, load(1_000)).bytes).toBe(FILE + 1_000 * 4 * 48 * 128);
  });

  it.each([
    ['whose numbers are not told', { capabilities: ['completion'], parameters: {} }, 4_096, 1.2, 0],
    ['that could not be asked', undefined, 4_096, 1.2, 0],
    ['whose context is not known', LLAMA, undefined, 1.2, 0],
    ['with a longer context', undefined, 32_768, 1.8, 768 * MIB],
    ['with a huge context', undefined, 262_144, 2, 2 * GIB],
  ])('%s is a guess from its file', (_, details, tokens, times, more) => {
    const need = predict(details, load(tokens));
    expect(need).toMatchObject({ basis: 'guessed', leastBytes: FILE });
    expect(need.bytes).toBeCloseTo(FILE * times + more, 0);
  });

  it('is what the server itself reckons with, for each model of the simulated Ollama', async () => {
    const ollama = await simulatedOllama();
    const server = ollamaServer(connectTo(ollama.url));
    for (const spec of DEFAULT_MODELS) {
      const model = makeModel(spec, 0);
      const details = await server.show(model.tag, never);
      for (const num_ctx of [2_048, 16_384, 131_072]) {
        const { tokens } = contextOf(details, { num_ctx }, undefined);
        const need = predictNeed({ sizeBytes: model.sizeBytes, details }, load(tokens));
        expect(need.basis, model.tag).toBe('computed');
        expect(need.bytes, model.tag).toBe(predictedBytes(model, tokens ?? 0, 1));
      }
    }
  });
});

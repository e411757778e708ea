import { describe, expect, it } from 'vitest';
import { type Candidate, chooseVictim, decide, type Situation } from '../../demo/ollama/decide.ts';
import {
  bytesOnGpu,
  defaultContext,
  GIB,
  neededBytes,
  predictedBytes,
  tokensPerSecond,
} from '../../demo/ollama/memory.ts';
import { makeModel } from '../../demo/ollama/models.ts';

const idle = (blob: string, change: Partial<Candidate> = {}): Candidate => ({
  blob,
  keepAliveMs: 300_000,
  references: 0,
  stopping: false,
  ...change,
});

const situation = (change: Partial<Situation>): Situation => ({
  loaded: [],
  own: { blob: 'new', usable: false },
  maxLoaded: 3,
  predictedBytes: 8,
  freeBytes: 10,
  ...change,
});

describe('what the head of the queue does next', () => {
  it.each<{ when: string; given: Partial<Situation>; step: object }>([
    { when: 'nothing is loaded', given: { predictedBytes: 1_000 }, step: { type: 'load' } },
    { when: 'it needs exactly 80 % of what is free', given: { loaded: [idle('a')] }, step: { type: 'load' } },
    {
      when: 'it needs more than 80 % of what is free',
      given: { loaded: [idle('a')], predictedBytes: 8.1 },
      step: { type: 'evict', blob: 'a' },
    },
    {
      when: 'MAX_LOADED_MODELS are loaded',
      given: { loaded: [idle('a')], maxLoaded: 1 },
      step: { type: 'evict', blob: 'a' },
    },
    {
      when: 'it is loaded by now',
      given: { loaded: [idle('new')], own: { blob: 'new', usable: true } },
      step: { type: 'use' },
    },
    {
      when: 'it is loaded with other options',
      given: { loaded: [idle('a'), idle('new', { references: 2 })] },
      step: { type: 'evict', blob: 'new' },
    },
    {
      when: 'it is just being unloaded',
      given: { loaded: [idle('new', { stopping: true })] },
      step: { type: 'wait-for-unload' },
    },
  ])('$step.type when $when', ({ given, step }) => {
    expect(decide(situation(given))).toEqual(step);
  });
});

describe('the victim', () => {
  it.each<{ is: string; of: readonly Candidate[]; victim: string }>([
    {
      is: 'the one with the shortest keep_alive setting',
      of: [idle('a'), idle('b', { keepAliveMs: 1_000 })],
      victim: 'b',
    },
    { is: 'the first by file where settings are equal', of: [idle('b'), idle('a')], victim: 'a' },
    {
      is: 'an idle one before a busy one with a shorter setting',
      of: [idle('a', { keepAliveMs: 1, references: 1 }), idle('b')],
      victim: 'b',
    },
    {
      is: 'the shortest setting where all are busy',
      of: [idle('a', { references: 1 }), idle('b', { keepAliveMs: 1, references: 3 })],
      victim: 'b',
    },
  ])('is $is', ({ of, victim }) => {
    expect(chooseVictim(of)?.blob).toBe(victim);
  });
});

describe('memory', () => {
  const model = makeModel(
    { tag: 'm', sizeGb: 4, layers: 32, heads: 32, kvHeads: 8, embeddingLength: 4_096, contextLength: 8_192 },
    0,
  );

  it('predicts file, cache and a surcharge for a large context', () => {
    expect(predictedBytes(model, 4_096, 1)).toBe(4e9 + 131_072 * 4_096);
    expect(predictedBytes(model, 8_192, 2)).toBe(4e9 + 131_072 * 8_192 * 2 + 768 * 1024 ** 2);
    expect(predictedBytes(model, 40_000, 1)).toBe(4e9 + 131_072 * 40_000 + 2 * GIB);
  });

  it('leaves whole layers to the CPU where there is no room', () => {
    const need = neededBytes(model, 4_096, 1);
    expect(bytesOnGpu(model, need, need)).toBe(need);
    expect(bytesOnGpu(model, need, need / 2)).toBe(Math.floor(need / 2));
    expect(bytesOnGpu(model, need, 0)).toBe(0);
    expect(bytesOnGpu(model, need, -1)).toBe(0);
  });

  it('makes tokens slower with every layer on the CPU', () => {
    const [whole, half, none] = [
      tokensPerSecond(model, 4, 0),
      tokensPerSecond(model, 2, 2),
      tokensPerSecond(model, 0, 4),
    ];
    expect(whole).toBe(model.tokensPerSecond);
    expect(half).toBeLessThan(whole);
    expect(none).toBeLessThan(half);
  });

  it.each([
    [8, 4_096],
    [22.9, 4_096],
    [23, 32_768],
    [46.9, 32_768],
    [47, 262_144],
  ])('with %d GiB of VRAM the context is %d', (gib, context) => {
    expect(defaultContext(gib * GIB)).toBe(context);
  });
});

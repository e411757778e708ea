import { describe, expect, it } from 'vitest';
import { ollamaServer } from '../../adapters/ollama/server.ts';
import { createNeeds } from '../../src/models/needs.ts';
import { connectTo } from '../adapters/ollama/connect.ts';
import { fakeStore } from '../fakes/store.ts';
import { simulatedOllama } from '../servers/ostler.ts';
import { GB, MODEL, OTHER, openedNeeds, resident } from './opened-needs.ts';

const never = new AbortController().signal;
const GIB = 1_024 ** 3;

describe('what a model needs', () => {
  it('is reckoned until it was loaded, and then what it took', async () => {
    const { needs, asked } = await openedNeeds();
    expect(needs.of(MODEL)).toMatchObject({ bytes: 4 * GB + 4_096 * 131_072, basis: 'computed' });
    await needs.learn([resident({})]);
    expect(needs.of(MODEL)).toMatchObject({ bytes: 4.8 * GB, basis: 'measured', leastBytes: 4.8 * GB });
    expect(needs.of(OTHER).basis).toBe('computed');
    expect(asked).toEqual(['a:1b', 'b:1b']);
  });

  it('still has to have room beside others as the server reckons, which measures nothing', async () => {
    const { needs } = await openedNeeds({ options: { num_ctx: 8_192 } });
    const { besideBytes } = needs.of(MODEL);
    await needs.learn([resident({ contextLength: 8_192 })]);
    expect(needs.of(MODEL)).toMatchObject({ bytes: 4.8 * GB, besideBytes });
    expect(besideBytes).toBeGreaterThan(4.8 * GB);
  });

  it('outlives a restart', async () => {
    const { needs, store } = await openedNeeds();
    await needs.learn([resident({})]);
    const { needs: later } = await openedNeeds({ store });
    expect(later.of(MODEL)).toEqual(needs.of(MODEL));
  });

  it('is another one with another context, or with other slots', async () => {
    const { needs, settings } = await openedNeeds({ options: { num_ctx: 4_096 } });
    await needs.learn([resident({})]);
    settings.options = { num_ctx: 16_384 };
    expect(needs.of(MODEL).basis).toBe('computed');
    await needs.learn([resident({ sizeBytes: 7 * GB, vramBytes: 7 * GB, contextLength: 16_384 })]);
    expect(needs.of(MODEL)).toMatchObject({ bytes: 7 * GB, basis: 'measured' });
    settings.options = { num_ctx: 4_096 };
    expect(needs.of(MODEL)).toMatchObject({ bytes: 4.8 * GB, basis: 'measured' });
    settings.slots = 2;
    expect(needs.of(MODEL).basis).toBe('computed');
  });

  it('goes by the last load where the server chooses the context: it may be set to another one', async () => {
    const { needs } = await openedNeeds();
    await needs.learn([resident({})]);
    await needs.learn([resident({ sizeBytes: 6 * GB, vramBytes: 6 * GB, contextLength: 12_288 })]);
    expect(needs.of(MODEL)).toMatchObject({ bytes: 6 * GB, basis: 'measured' });
    await needs.learn([resident({})]);
    expect(needs.of(MODEL)).toMatchObject({ bytes: 4.8 * GB, basis: 'measured' });
  });

  it('is not that of other files under the same name', async () => {
    const { needs } = await openedNeeds();
    await needs.learn([resident({})]);
    expect(needs.of({ ...MODEL, digest: 'sha-new' }).basis).toBe('guessed');
  });

  it('of an older server, which shows no context, is that of the context it was loaded with', async () => {
    const { needs } = await openedNeeds({ options: { num_ctx: 2_048 } });
    const { contextLength: _, ...older } = resident({});
    await needs.learn([older]);
    expect(needs.of(MODEL).basis).toBe('measured');
  });
});

describe('nothing is learned', () => {
  it.each([
    ['of a model that is partly on the CPU', { vramBytes: 3 * GB }, 16 * GIB],
    ['of one that found no room on the GPU at all', { vramBytes: 0 }, 16 * GIB],
    ['of one that takes nothing', { sizeBytes: 0, vramBytes: 0 }, 0],
  ])('%s', async (_, more, gpuBytes) => {
    const { needs } = await openedNeeds({ gpuBytes });
    await needs.learn([resident(more)]);
    expect(needs.of(MODEL).basis).toBe('computed');
  });

  it('of one on the CPU once another one was on a GPU that nobody told of', async () => {
    const { needs } = await openedNeeds({ gpuBytes: undefined });
    await needs.learn([resident({ tag: 'b:1b', digest: 'sha-b' })]);
    await needs.learn([resident({ vramBytes: 0 })]);
    expect(needs.of(MODEL).basis).toBe('guessed');
  });
});

it.each([0, undefined])(
  'where there is no GPU, the size on the CPU is the need (GPU: %s)',
  async (gpuBytes) => {
    const { needs } = await openedNeeds({ gpuBytes });
    await needs.learn([resident({ vramBytes: 0 })]);
    expect(needs.of(MODEL)).toMatchObject({ bytes: 4.8 * GB, basis: 'measured' });
  },
);

it('learns from a real load what the model takes, and from one that spilled nothing', async () => {
  const ollama = await simulatedOllama({ vramGib: 8 });
  const server = ollamaServer(connectTo(ollama.url));
  const nothing = () => {};
  const needs = createNeeds({
    store: fakeStore(),
    server,
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    answerLimitMs: 5_000,
    optionsOf: () => ({}),
    slotsOf: () => 1,
    gpuBytes: () => 8 * GIB,
  });
  const installed = await server.list(never);
  await needs.read(installed, never);
  for (const tag of ['qwen2.5:7b', 'qwen2.5:32b']) {
    await server.load(tag, { keepAlive: '30m', options: {} }, never);
    await needs.learn(await server.loaded(never));
  }
  const needOf = (tag: string) => {
    const model = installed.find((one) => one.tag === tag);
    return model && needs.of(model);
  };
  const small = needOf('qwen2.5:7b');
  expect(small?.basis).toBe('measured');
  expect(small?.bytes).toBeGreaterThan(4.7 * GB);
  expect(needOf('qwen2.5:32b')?.basis).toBe('computed');
});

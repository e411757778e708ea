import { describe, expect, it } from 'vitest';
import { createFaults } from '../../demo/ollama/faults.ts';
import { createGpuShare } from '../../demo/ollama/gpu-share.ts';
import { createLoader } from '../../demo/ollama/loader.ts';
import { createLedger, GIB } from '../../demo/ollama/memory.ts';
import { makeModel } from '../../demo/ollama/models.ts';
import { createPace } from '../../demo/ollama/pace.ts';
import { createPageCache } from '../../demo/ollama/page-cache.ts';
import { readAhead } from '../../demo/ollama/read-ahead.ts';
import { smallServers } from './small-server.ts';

const MODEL = makeModel({ tag: 'a', sizeGb: 4, coldSeconds: 30, warmSeconds: 2 }, 0);
const never = new AbortController().signal;

describe('the GPU', () => {
  it('is shared by models that generate at once, and less well by answers of one model', () => {
    const gpu = createGpuShare();
    const ends = ['a', 'b', 'a'].map((tag) => {
      const end = gpu.begin(tag);
      return { end, slowdown: gpu.slowdown(tag) };
    });
    expect(ends.map(({ slowdown }) => slowdown)).toEqual([1, 2, 2.4]);
    for (const { end } of ends.slice(0, 2)) end();
    expect(gpu.slowdown('a')).toBe(1);
  });
});

describe('a file that is read ahead', () => {
  const instantly = createPace(1e9, { tellsSimulated: false });

  async function loadSeconds(cache: ReturnType<typeof createPageCache>): Promise<number> {
    const slept: number[] = [];
    const sleep = async (seconds: number) => void slept.push(seconds);
    const pace = { ...instantly, sleep };
    const [gpu, cpu] = [createLedger(12 * GIB), createLedger(0)];
    const load = createLoader({ gpu, cpu, cache, pace, faults: createFaults(), giveBack: () => undefined });
    await load(MODEL, { contextTokens: 1, slots: 1, failure: undefined }, never);
    return slept.reduce((sum, seconds) => sum + seconds, 0);
  }

  it('makes a load as much shorter as was read by then', async () => {
    const cache = createPageCache(8 * GIB);
    const leave = cache.reading(MODEL.blob, () => 0.5);
    expect(await loadSeconds(cache)).toBeCloseTo(16);
    leave();
    expect(await loadSeconds(cache)).toBeCloseTo(2);
  });

  it('is there at its end, and not at all where that is given up', async () => {
    const cache = createPageCache(8 * GIB);
    const given = new AbortController();
    const reading = readAhead(
      { model: MODEL, cache, pace: createPace(1, { tellsSimulated: false }) },
      given.signal,
    );
    given.abort(new Error('a load needs the disk'));
    await expect(reading).rejects.toThrow('a load needs the disk');
    expect(cache.shareOf(MODEL.blob)).toBe(0);
    await readAhead({ model: MODEL, cache, pace: instantly }, never);
    expect(cache.shareOf(MODEL.blob)).toBe(1);
  });

  const start = smallServers();

  it('is named as /api/show names it', async () => {
    const { ollama } = await start();
    const answer = await fetch(`${ollama.url}/api/show`, { method: 'POST', body: '{"model":"a"}' });
    const { modelfile } = (await answer.json()) as { modelfile: string };
    const path = /^FROM (\/.+)$/m.exec(modelfile)?.[1] ?? '';
    expect(await ollama.readAhead(path, never)).toBe(4e9);
    expect(ollama.cached()).toEqual(['a:latest']);
    await expect(ollama.readAhead('/nowhere', never)).rejects.toThrow('/nowhere');
  });
});

describe('measured times', () => {
  it.each([
    [true, 50_000_000],
    [false, 500_000],
  ])('told as simulated ones: %s', (tellsSimulated, nanoseconds) => {
    expect(createPace(100, { tellsSimulated }).told(0.5)).toBe(nanoseconds);
  });
});

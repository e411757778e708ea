import { describe, expect, it } from 'vitest';
import { CODE, LARGE, loads, open, ordered, until } from './stable-house.ts';

/** Room for both, but only one may be in memory. */
const SSD = { cache: { type: 'ssd' }, memory: { vram_gb: 48, preserve_models: [LARGE] } };

type Ollama = Awaited<ReturnType<typeof open>>['ollama'];

/** Its time is over, or somebody else took it out of the memory. */
async function leaves(ollama: Ollama, model: string): Promise<void> {
  const body = JSON.stringify({ model, keep_alive: 0 });
  await (await fetch(`${ollama.url}/api/generate`, { method: 'POST', body })).text();
}

describe('what only a preserved model leaves no room for', () => {
  it('is answered once that has left, and its person is told what they wait for', async () => {
    const { ollama, ostler } = await open(SSD, { vramGib: 48 });
    await ostler.ask('hello');
    const followed = ostler.follow();
    const { job } = await ostler.send('some code', { model: CODE });
    const told = await followed.until((event) =>
      event.type === 'progress' && event.progress.stage === 'queued' && event.progress.waitsFor === 'room'
        ? event.progress
        : undefined,
    );
    expect(told).toMatchObject({ model: CODE, kept: { by: [LARGE], aboutSeconds: expect.any(Number) } });
    await leaves(ollama, LARGE);
    expect(await followed.outcome(job)).toMatchObject({ answer: { provenance: { model: CODE } } });
    expect(loads(ollama)).toEqual([LARGE, CODE]);
  });

  it('is loaded for whoever ordered it once that has left', async () => {
    const { ollama, ostler } = await open(SSD, { vramGib: 48 });
    await ostler.ask('hello');
    const order = await ordered(ostler, CODE);
    await leaves(ollama, LARGE);
    expect(await order.end).toMatchObject({ type: 'loaded', already: false });
    await until(ollama, CODE);
  });

  it('is refused where that never leaves', async () => {
    const { ostler } = await open({ ...SSD, cache: { type: 'ssd', keep_alive: -1 } }, { vramGib: 48 });
    await ostler.ask('hello');
    expect(await ostler.ask('some code', { model: CODE })).toMatchObject({
      kind: 'failure',
      failure: { code: 'insufficient_memory', message: expect.stringContaining(`${LARGE} (preserved)`) },
    });
  });
});

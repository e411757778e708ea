import { describe, expect, it } from 'vitest';
import { giveCommand } from '../../src/chat/command.ts';
import { loadCommand } from '../../src/chat/command-load.ts';
import { escapeMarkdown } from '../../src/chat/escape-markdown.ts';
import { ADA, CODE, HERE, LARGE, loads, open, ordered, SMALL, until } from './stable-house.ts';

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

  it('is loaded before what is only wished for meanwhile', async () => {
    const { ollama, ostler } = await open({
      memory: { vram_gb: 24, preserve_models: [SMALL] },
      routing: { default: CODE },
    });
    const address = { platform: 'web', chat: 'two' };
    await ostler.ask('some code', { address });
    ostler.front.unload(CODE);
    await until(ollama);
    const hold = ollama.hold({ at: 'generation', model: SMALL });
    const answer = ostler.ask('hello', { model: SMALL });
    await hold.reached;
    ostler.front.typing(address);
    const order = await ordered(ostler, LARGE);
    hold.release();
    await answer;
    // Time for several steps: a load for nobody would begin, and be given up.
    for (let looks = 0; looks < 20; looks += 1) await ostler.front.resync();
    await leaves(ollama, SMALL);
    expect(await order.end).toMatchObject({ type: 'loaded', already: false });
    expect(loads(ollama)).toEqual([CODE, SMALL, LARGE]);
    expect(ostler.lines).not.toContainEqual(expect.objectContaining({ message: 'the load was abandoned' }));
  });

  it('is not ordered before its person was asked about those that leave for it later', async () => {
    const { ostler } = await open({
      memory: { vram_gb: 24, preserve_models: [SMALL], confirm_before_unload: true },
    });
    await ostler.ask('hello', { model: SMALL });
    await ostler.ask('some code', { model: CODE });
    const said = await giveCommand(loadCommand, {
      front: ostler.front,
      address: HERE,
      person: ADA,
      kind: 'direct',
      role: 'user',
      id: 'load',
      argument: LARGE,
      isAdmin: async () => false,
    });
    expect(said).toMatchObject({ undone: 'asked', markdown: expect.stringContaining(escapeMarkdown(CODE)) });
    expect(said.markdown).not.toContain(escapeMarkdown(SMALL));
    expect(ostler.front.orders()).toEqual([]);
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

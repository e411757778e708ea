import { describe, expect, it } from 'vitest';
import type { SwitchEvent } from '../../src/models/switching.ts';
import { ADA, askAsOther, BOB, CODE, HERE, LARGE, open, ordered, SMALL, until } from './stable-house.ts';

const THERE = { platform: 'web', chat: 'two' };

/** The first thing told of an order, past or to come, that fits. */
async function told<T>(
  { told: events, end }: Awaited<ReturnType<typeof ordered>>,
  find: (event: SwitchEvent) => T,
) {
  let isOver = false;
  void end.then(() => {
    isOver = true;
  });
  for (;;) {
    const found = events.map(find).find(Boolean);
    if (found || isOver) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const stageOf = (event: SwitchEvent) => (event.type === 'progress' ? event.progress.stage : undefined);

describe('an order that is taken back', () => {
  it('tells who had been told to leave, which cannot be taken back: it comes again', async () => {
    const { ollama, ostler } = await open();
    await ostler.ask('hello');
    const other = await askAsOther(ollama, LARGE);
    const order = await ordered(ostler, CODE);
    await told(order, (event) => stageOf(event) === 'unloading');
    ostler.front.cancelLoads(HERE, ADA);
    expect(await order.end).toEqual({
      type: 'cancelled',
      model: CODE,
      goesOn: false,
      gone: [],
      leaving: [LARGE],
    });
    await other.end();
    await ollama.until(() => ollama.events().some((event) => event.type === 'unload'));
    await until(ollama, LARGE);
  });

  it('tells that the load goes on where somebody else waits for the model', async () => {
    const { ollama, ostler } = await open();
    await ostler.ask('hello');
    const hold = ollama.hold({ at: 'load', model: CODE });
    const order = await ordered(ostler, CODE);
    await hold.reached;
    const followed = ostler.follow('two');
    const { job } = await ostler.send('some code', { model: CODE, person: BOB, address: THERE });
    await followed.until((event) => event.type === 'progress' || undefined);
    ostler.front.cancelLoads(HERE, ADA);
    expect(await order.end).toEqual({
      type: 'cancelled',
      model: CODE,
      goesOn: true,
      gone: [LARGE],
      leaving: [],
    });
    hold.release();
    expect(await followed.outcome(job)).toMatchObject({ kind: 'answer' });
    expect(ollama.events().filter((event) => event.type === 'load-end')).toHaveLength(2);
  });

  it('tells who has left also where it was given once more, or while the load was under way', async () => {
    const { ollama, ostler } = await open();
    await ostler.ask('hello');
    const hold = ollama.hold({ at: 'load', model: CODE });
    const first = await ordered(ostler, CODE);
    await hold.reached;
    const second = await ordered(ostler, CODE);
    const others = await ordered(ostler, CODE, BOB);
    expect(await first.end).toMatchObject({ type: 'cancelled', replacedBy: CODE, goesOn: true });
    ostler.front.cancelLoads(HERE, ADA);
    expect(await second.end).toMatchObject({ type: 'cancelled', goesOn: true, gone: [LARGE] });
    ostler.front.cancelLoads(HERE, BOB);
    expect(await others.end).toMatchObject({ type: 'cancelled', goesOn: false, gone: [LARGE] });
    await until(ollama, LARGE);
  });
});

it('an order that is taken back while one of two stays tells who has left, and who will', async () => {
  const { ollama, ostler } = await open({ memory: { vram_gb: 24 }, cache: { eviction: 'lru' } });
  await ostler.ask('hello', { model: SMALL });
  await ostler.ask('hello', { model: CODE });
  const other = await askAsOther(ollama, CODE);
  const order = await ordered(ostler, LARGE);
  await told(
    order,
    (event) => event.type === 'progress' && 'unloading' in event.progress && event.progress.share > 0,
  );
  ostler.front.cancelLoads(HERE, ADA);
  expect(await order.end).toMatchObject({ type: 'cancelled', gone: [SMALL], leaving: [CODE] });
  await other.end();
});

describe('how far it is', () => {
  it('is told to everybody who ordered the same', async () => {
    const { ollama, ostler } = await open();
    const hold = ollama.hold({ at: 'load', model: LARGE });
    const first = await ordered(ostler, LARGE);
    await hold.reached;
    const second = await ordered(ostler, LARGE, BOB);
    expect(await told(second, (event) => stageOf(event) === 'loading')).toBe(true);
    hold.release();
    expect(await first.end).toMatchObject({ type: 'loaded', already: false });
    expect(await second.end).toMatchObject({ type: 'loaded', already: false });
  });

  it('is told to whoever comes after another order: what that waits for', async () => {
    const { ollama, ostler } = await open();
    const hold = ollama.hold({ at: 'load', model: LARGE });
    await ordered(ostler, LARGE);
    await hold.reached;
    const second = await ordered(ostler, CODE, BOB);
    expect(await told(second, (event) => event.type === 'progress' && event.progress)).toEqual({
      stage: 'queued',
      waitsFor: 'order',
      ahead: 1,
      model: CODE,
    });
    hold.release();
    expect(await second.end).toMatchObject({ type: 'loaded' });
    expect(second.told.map(stageOf)).toContain('loading');
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Queue } from '../../src/ports/queue.ts';
import type { QueueHome } from './queue-contract.ts';
import { begin, type HeldRun, heldProcessor, jobNamed, listed, testOver, watch } from './queue-fixtures.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];
type Act = 'add' | 'promote' | 'finish' | 'again' | 'fail' | 'cancel' | 'reopen';
const weights: Readonly<Record<Act, number>> = {
  add: 6,
  promote: 6,
  finish: 3,
  again: 2,
  fail: 1,
  cancel: 2,
  reopen: 1,
};
const acts = fc.array(
  fc.tuple(
    fc.oneof(
      ...Object.entries(weights).map(([act, weight]) => ({ weight, arbitrary: fc.constant(act as Act) })),
    ),
    fc.constantFrom(...ids),
  ),
  { maxLength: 30 },
);

/** Any order of calls leaves the queue as a simple list in memory would be. */
export function queueModel(name: string, makeHome: () => Promise<QueueHome>, numRuns: number): void {
  it(`${name} agrees with a plain list after any ${numRuns} series of calls`, {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (series) => {
        const home = await makeHome();
        const player = await playOn(home);
        try {
          for (const [act, id] of series) await player.play(act, id);
        } finally {
          await player.close();
          await home.dispose();
        }
      }),
      { numRuns },
    );
  });
}

type Known = { starts: number; run?: HeldRun };

async function playOn(home: QueueHome) {
  const queued = new Map<string, Known>();
  const ended = new Set<string>();
  let processor = heldProcessor();
  let queue: Queue = await home.open(processor.process);
  let seen = watch(queue);

  async function play(act: Act, id: string): Promise<void> {
    const known = queued.get(id);
    if (act === 'add') {
      const isNew = !known && !ended.has(id);
      expect(await queue.add(jobNamed(id))).toBe(isNew ? 'added' : 'duplicate');
      if (isNew) queued.set(id, { starts: 0 });
    } else if (act === 'promote') {
      if (known && !known.run) {
        known.run = await begin(queue, processor, id);
        known.starts += 1;
        expect(known.run.starts).toBe(known.starts);
      } else {
        expect(await queue.promote(id)).toBe(false);
      }
    } else if (act === 'cancel') {
      const expected = known ? (known.run ? 'aborting' : 'removed') : 'gone';
      expect(await queue.cancel(id, `stop ${id}`)).toBe(expected);
      if (known?.run) expect(known.run.signal.reason).toBe(`stop ${id}`);
      else if (queued.delete(id)) ended.add(id);
    } else if (act === 'reopen') {
      await queue.close(0, testOver);
      for (const each of queued.values()) delete each.run;
      processor = heldProcessor();
      queue = await home.open(processor.process);
      seen = watch(queue);
    } else if (known?.run) {
      await settle(act, id, known);
    }
    const expected = [...queued].map(
      ([key, { starts, run }]) => `${key} ${run ? 'running' : 'waiting'} ${starts}`,
    );
    expect(await listed(queue)).toEqual(expected);
  }

  async function settle(act: 'finish' | 'again' | 'fail', id: string, known: Known): Promise<void> {
    const type = act === 'again' ? 'returned' : 'ended';
    const before = seen.events.filter((event) => event.type === type && event.id === id).length;
    if (act === 'fail') known.run?.fail(new Error('the processor broke'));
    else known.run?.finish(act === 'finish' ? 'done' : 'again');
    await seen.told(type, id, before + 1);
    delete known.run;
    if (type === 'returned') return;
    queued.delete(id);
    ended.add(id);
  }

  return { play, close: () => queue.close(0, testOver) };
}

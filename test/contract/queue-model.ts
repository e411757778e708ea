import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Queue } from '../../src/ports/queue.ts';
import type { QueueHome } from './queue-contract.ts';
import { begin, edited, type HeldRun, heldProcessor, jobNamed, testOver, watch } from './queue-fixtures.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];
type Act =
  | 'add'
  | 'promote'
  | 'replace'
  | 'finish'
  | 'again'
  | 'fail'
  | 'cancel'
  | 'reopen'
  // Two calls in the same tick.
  | 'replace, promote'
  | 'promote, replace'
  | 'replace, cancel'
  | 'cancel, replace';
const weights: Readonly<Record<Act, number>> = {
  add: 6,
  promote: 6,
  replace: 4,
  finish: 3,
  again: 2,
  fail: 1,
  cancel: 2,
  reopen: 1,
  'replace, promote': 2,
  'promote, replace': 1,
  'replace, cancel': 1,
  'cancel, replace': 1,
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

type Known = { starts: number; text: string; run?: HeldRun };

async function playOn(home: QueueHome) {
  const queued = new Map<string, Known>();
  const ended = new Set<string>();
  /** The texts of all changes since the queue was opened. */
  let changes: string[] = [];
  let versions = 0;
  let processor = heldProcessor();
  let queue: Queue = await home.open(processor.process);
  let seen = watch(queue);

  async function add(id: string): Promise<void> {
    const isNew = !queued.has(id) && !ended.has(id);
    expect(await queue.add(jobNamed(id))).toBe(isNew ? 'added' : 'duplicate');
    if (isNew) queued.set(id, { starts: 0, text: jobNamed(id).message.text });
  }

  async function promote(id: string): Promise<void> {
    const known = queued.get(id);
    if (!known || known.run) return expect(await queue.promote(id)).toBe(false);
    began(known, await begin(queue, processor, id));
  }

  function began(known: Known, run: HeldRun): void {
    known.run = run;
    known.starts += 1;
    expect(run.starts).toBe(known.starts);
    expect(run.job.message.text).toBe(known.text);
  }

  function returned(known: Known): void {
    if (known.run) known.starts -= 1;
    delete known.run;
  }

  function change(id: string) {
    versions += 1;
    return edited(id, `version ${versions}`);
  }

  function changed(id: string, { message }: ReturnType<typeof change>): void {
    const known = queued.get(id);
    if (known) known.text = message.text;
    changes.push(message.text);
  }

  async function replace(id: string): Promise<void> {
    const known = queued.get(id);
    const next = change(id);
    const waits = known !== undefined && !known.run;
    expect(await queue.replace(id, next)).toBe(waits);
    if (waits) changed(id, next);
  }

  async function replaceAndPromote(id: string, replaceFirst: boolean): Promise<void> {
    const known = queued.get(id);
    const waits = known !== undefined && !known.run;
    const run = waits ? processor.next(id) : undefined;
    const next = change(id);
    const calls = [() => queue.replace(id, next), () => queue.promote(id)];
    const answers = await Promise.all((replaceFirst ? calls : calls.reverse()).map((call) => call()));
    const [replaced, promoted] = replaceFirst ? answers : answers.reverse();
    expect(promoted).toBe(waits);
    if (!known || !run) return expect(replaced).toBe(false);
    if (replaced) changed(id, next);
    began(known, await run);
  }

  async function cancel(id: string, withReplace?: 'before' | 'after'): Promise<void> {
    const known = queued.get(id);
    const waits = known !== undefined && !known.run;
    const next = change(id);
    const early = withReplace === 'before' ? queue.replace(id, next) : undefined;
    const cancelled = queue.cancel(id, `stop ${id}`);
    const replaced = await (early ?? (withReplace === 'after' && queue.replace(id, next)));
    expect(await cancelled).toBe(known ? (waits ? 'removed' : 'aborting') : 'gone');
    if (replaced) {
      expect(waits).toBe(true);
      changed(id, next);
    }
    if (known?.run) expect(known.run.signal.reason).toBe(`stop ${id}`);
    else if (queued.delete(id)) ended.add(id);
  }

  async function reopen(): Promise<void> {
    await queue.close(0, testOver);
    for (const each of queued.values()) returned(each);
    processor = heldProcessor();
    queue = await home.open(processor.process);
    seen = watch(queue);
    changes = [];
  }

  async function settle(act: 'finish' | 'again' | 'fail', id: string): Promise<void> {
    const known = queued.get(id);
    if (!known?.run) return;
    const type = act === 'again' ? 'returned' : 'ended';
    const before = seen.events.filter((event) => event.type === type && event.id === id).length;
    if (act === 'fail') known.run.fail(new Error('the processor broke'));
    else known.run.finish(act === 'finish' ? 'done' : 'again');
    await seen.told(type, id, before + 1);
    if (type === 'returned') return returned(known);
    queued.delete(id);
    ended.add(id);
  }

  const plays: Readonly<Record<Act, (id: string) => Promise<void>>> = {
    add,
    promote,
    replace,
    finish: (id) => settle('finish', id),
    again: (id) => settle('again', id),
    fail: (id) => settle('fail', id),
    cancel,
    reopen,
    'replace, promote': (id) => replaceAndPromote(id, true),
    'promote, replace': (id) => replaceAndPromote(id, false),
    'replace, cancel': (id) => cancel(id, 'before'),
    'cancel, replace': (id) => cancel(id, 'after'),
  };

  return {
    async play(act: Act, id: string): Promise<void> {
      await plays[act](id);
      const expected = [...queued].map(([key, { starts, text, run }]) => ({
        starts,
        state: run ? 'running' : 'waiting',
        job: { id: key, message: { text } },
      }));
      const jobs = await queue.jobs();
      expect(jobs).toMatchObject(expected);
      expect(jobs).toHaveLength(expected.length);
      expect(
        seen.events.flatMap((event) => (event.type === 'changed' ? event.job.message.text : [])),
      ).toEqual(changes);
    },
    close: () => queue.close(0, testOver),
  };
}

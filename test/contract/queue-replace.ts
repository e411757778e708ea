import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { Processor, Queue } from '../../src/ports/queue.ts';
import type { QueueHome } from './queue-contract.ts';
import { begin, edited, heldProcessor, jobNamed, listed, turns, watch } from './queue-fixtures.ts';

type Surroundings = {
  readonly openQueue: (process: Processor) => Promise<Queue>;
  readonly startChild: QueueHome['startChild'];
};

/** What every queue promises of a question that was edited while it waits. */
export function replacesWhatWaits({ openQueue, startChild }: Surroundings): void {
  const never: Processor = () => new Promise(() => undefined);

  it('gives a waiting job another message and route and nothing else, also over a restart', async () => {
    const queue = await openQueue(never);
    for (const id of ['first', 'second', 'third']) await queue.add(jobNamed(id));
    const before = await queue.jobs();
    const seen = watch(queue);
    const change = edited('second', 'What else?');
    const more = { ...jobNamed('other', 'test:other'), seq: 99, enqueuedAt: 1, deadlineAt: 2, ...change };
    expect(await queue.replace('second', more)).toBe(true);
    const expected = before.map((each) =>
      each.job.id === 'second' ? { ...each, job: { ...each.job, ...change } } : each,
    );
    expect(await queue.jobs()).toEqual(expected);
    expect(seen.events).toEqual([{ type: 'changed', job: expected[1]?.job }]);
    await queue.close(0, 'restart');
    expect(await (await openQueue(never)).jobs()).toEqual(expected);
  });

  it('hands the processor the message that a job has when it begins', async () => {
    const processor = heldProcessor();
    const queue = await openQueue(processor.process);
    await queue.add(jobNamed('j1'));
    for (const text of ['once', 'twice']) expect(await queue.replace('j1', edited('j1', text))).toBe(true);
    const run = await begin(queue, processor, 'j1');
    expect(run.job).toMatchObject(edited('j1', 'twice'));
    expect([run.job]).toEqual((await queue.jobs()).map(({ job }) => job));
  });

  it('replaces no job that is unknown, runs, has ended or was removed, and tells of none', async () => {
    const processor = heldProcessor();
    const queue = await openQueue(processor.process);
    const seen = watch(queue);
    for (const id of ['runs', 'ended', 'removed']) await queue.add(jobNamed(id));
    const run = await begin(queue, processor, 'runs');
    (await begin(queue, processor, 'ended')).finish('done');
    await seen.told('ended', 'ended');
    await queue.cancel('removed', 'unwanted');
    for (const id of ['unknown', 'runs', 'ended', 'removed']) {
      expect(await queue.replace(id, edited(id, 'too late')), id).toBe(false);
    }
    expect(await listed(queue)).toEqual(['runs running 1']);
    expect(seen.names().filter((name) => name.startsWith('changed'))).toEqual([]);
    run.finish('again');
    await seen.told('returned', 'runs');
    expect((await begin(queue, processor, 'runs')).job.message).toEqual(jobNamed('runs').message);
  });

  it('replaces a job that was returned, and its next run sees it', async () => {
    const processor = heldProcessor();
    const queue = await openQueue(processor.process);
    const seen = watch(queue);
    await queue.add(jobNamed('j1'));
    (await begin(queue, processor, 'j1')).finish('again');
    await seen.told('returned', 'j1');
    expect(await queue.replace('j1', edited('j1', 'What now?'))).toBe(true);
    const run = await begin(queue, processor, 'j1');
    expect(run.starts).toBe(1);
    expect(run.job).toMatchObject(edited('j1', 'What now?'));
    expect(seen.names()).toEqual(['added j1', 'returned j1', 'changed j1']);
  });

  it('keeps the last of many replacements that are made at once', async () => {
    const queue = await openQueue(never);
    const seen = watch(queue);
    await queue.add(jobNamed('j1'));
    const texts = Array.from({ length: 20 }, (_, i) => `version ${i}`);
    const replaced = await Promise.all(texts.map((text) => queue.replace('j1', edited('j1', text))));
    expect(new Set(replaced)).toEqual(new Set([true]));
    expect((await queue.jobs()).map(({ job }) => job.message.text)).toEqual(['version 19']);
    const told = seen.events.flatMap((event) => (event.type === 'changed' ? event.job.message.text : []));
    expect(told).toEqual(texts);
  });

  it('runs what its answer says, when a replacement and a promotion come at once', async () => {
    const order: string[] = [];
    const queue = await openQueue(async ({ message }) => {
      order.push(`begun ${message.text}`);
      return 'done';
    });
    queue.onEvent(({ type }) => order.push(type));
    const seen = watch(queue);
    for (let round = 0; round < 120; round += 1) {
      const id = `j${round}`;
      const isFirst = round % 4 > 0;
      await queue.add(jobNamed(id));
      order.length = 0;
      const early = isFirst ? undefined : queue.promote(id);
      const replacing = queue.replace(id, edited(id, 'new'));
      // From the same tick to well after the answer, so that some promotions fall into the change.
      if (isFirst) await turns(Math.floor(round / 4));
      const [replaced, promoted] = await Promise.all([replacing, early ?? queue.promote(id)]);
      await seen.told('ended', id);
      expect(promoted, id).toBe(true);
      if (!isFirst) expect(replaced, id).toBe(false);
      const run = replaced ? ['changed', 'begun new'] : [`begun ${jobNamed(id).message.text}`];
      expect(order, id).toEqual([...run, 'ended']);
    }
  });

  it('removes a job that is replaced and cancelled at once, and tells of no change afterwards', async () => {
    const queue = await openQueue(never);
    const seen = watch(queue);
    for (let round = 0; round < 60; round += 1) {
      const id = `j${round}`;
      const isFirst = round % 4 > 0;
      await queue.add(jobNamed(id));
      const early = isFirst ? undefined : queue.cancel(id, 'unwanted');
      const replacing = queue.replace(id, edited(id, 'new'));
      if (isFirst) await turns(Math.floor(round / 2));
      const [replaced, cancelled] = await Promise.all([replacing, early ?? queue.cancel(id, 'unwanted')]);
      expect(cancelled, id).toBe('removed');
      if (!isFirst) expect(replaced, id).toBe(false);
      const told = replaced ? ['added', 'changed', 'removed'] : ['added', 'removed'];
      expect(typesOf(seen, id)).toEqual(told);
    }
    expect(await queue.jobs()).toEqual([]);
  });

  it('tells that a job has returned before it tells that it was replaced', async () => {
    const processor = heldProcessor();
    const queue = await openQueue(processor.process);
    const seen = watch(queue);
    for (let round = 0; round < 60; round += 1) {
      const id = `j${round}`;
      await queue.add(jobNamed(id));
      (await begin(queue, processor, id)).finish('again');
      await turns(round);
      const replaced = await queue.replace(id, edited(id, 'new'));
      await seen.told('returned', id);
      expect(typesOf(seen, id)).toEqual(['added', 'returned', ...(replaced ? ['changed'] : [])]);
    }
  });

  it('finds what a killed process had replaced, and replaces what came back from its run', async () => {
    const child = await startChild();
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    const processor = heldProcessor();
    const queue = await openQueue(processor.process);
    const seen = watch(queue);
    const found = await queue.jobs();
    expect(found.find(({ job }) => job.id === 'waited')?.job).toMatchObject(
      edited('waited', 'What was meant?'),
    );
    if (found.some(({ state }) => state === 'running')) await seen.told('returned', 'ran');
    expect(await queue.replace('ran', edited('ran', 'What now?'))).toBe(true);
    expect((await begin(queue, processor, 'ran')).job).toMatchObject(edited('ran', 'What now?'));
    expect((await begin(queue, processor, 'waited')).job).toMatchObject(edited('waited', 'What was meant?'));
  });
}

function typesOf({ names }: ReturnType<typeof watch>, id: string): readonly string[] {
  return names().flatMap((name) => (name.endsWith(` ${id}`) ? name.replace(` ${id}`, '') : []));
}

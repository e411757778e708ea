import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Processor, Queue } from '../../src/ports/queue.ts';
import { begin, edited, heldProcessor, jobNamed, listed, testOver, watch } from './queue-fixtures.ts';
import { replacesWhatWaits } from './queue-replace.ts';

/** Where one test's queue lives. `open` may be called again once the queue before was closed. */
export type QueueHome = {
  open(process: Processor): Promise<Queue>;
  /** Starts a process of its own whose first job runs until it is killed: see queue.child.ts. */
  startChild(): Promise<ChildProcess>;
  dispose(): Promise<void>;
};

/** What every queue promises: run on each adapter. */
export function queueContract(name: string, makeHome: () => Promise<QueueHome>): void {
  describe(`${name} keeps the promises of a queue`, () => {
    let home: QueueHome;
    const open: Queue[] = [];
    async function openQueue(process: Processor): Promise<Queue> {
      const queue = await home.open(process);
      open.push(queue);
      return queue;
    }
    beforeEach(async () => {
      home = await makeHome();
    });
    afterEach(async () => {
      for (const queue of open.splice(0)) await queue.close(0, testOver);
      await home.dispose();
    });
    const never: Processor = () => new Promise(() => undefined);

    it('keeps a job over a restart, with all that it holds', async () => {
      const queue = await openQueue(never);
      expect(await queue.add(jobNamed('j1'))).toBe('added');
      const before = await queue.jobs();
      await queue.close(0, 'restart');
      const after = await (await openQueue(never)).jobs();
      expect(after).toEqual(before);
      expect(after).toMatchObject([
        { state: 'waiting', starts: 0, job: jobNamed('j1').message && { id: 'j1' } },
      ]);
      expect(after[0]?.job.message).toEqual(jobNamed('j1').message);
    });

    it('numbers jobs in the order of the calls, also when they are made at once', async () => {
      const queue = await openQueue(never);
      const ids = Array.from({ length: 100 }, (_, i) => `j${i}`);
      await Promise.all(ids.map((id) => queue.add(jobNamed(id))));
      const jobs = (await queue.jobs()).map(({ job }) => job);
      expect(jobs.map(({ id }) => id)).toEqual(ids);
      expect(new Set(jobs.map(({ seq }) => seq)).size).toBe(100);
      await queue.close(0, 'restart');
      const again = await openQueue(never);
      await again.add(jobNamed('later'));
      expect((await again.jobs()).map(({ job }) => job.id)).toEqual([...ids, 'later']);
    });

    it('takes the same id once when it comes many times at once', async () => {
      const queue = await openQueue(never);
      const results = await Promise.all(Array.from({ length: 20 }, () => queue.add(jobNamed('j1'))));
      expect(results.filter((result) => result === 'added')).toHaveLength(1);
      expect(await queue.jobs()).toHaveLength(1);
    });

    it('refuses an id that waits, runs, has ended, was removed, also after a restart', async () => {
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      const seen = watch(queue);
      for (const id of ['waits', 'runs', 'ended', 'removed']) await queue.add(jobNamed(id));
      await begin(queue, processor, 'runs');
      (await begin(queue, processor, 'ended')).finish('done');
      await seen.told('ended', 'ended');
      expect(await queue.cancel('removed', 'unwanted')).toBe('removed');
      for (const id of ['waits', 'runs', 'ended', 'removed']) {
        expect(await queue.add(jobNamed(id)), id).toBe('duplicate');
      }
      const running = processor.begun.find(({ job }) => job.id === 'runs');
      running?.finish('again');
      await queue.close(1_000, 'restart');
      const again = await openQueue(never);
      for (const id of ['waits', 'runs', 'ended', 'removed']) {
        expect(await again.add(jobNamed(id)), id).toBe('duplicate');
      }
      expect(await listed(again)).toEqual(['waits waiting 0', 'runs waiting 0']);
    });

    it('takes ids that look like numbers, paths and its own words', async () => {
      const queue = await openQueue(never);
      const ids = ['7', 'a:b:c', 'wait', 'active', 'meta', '', ' ', 'ümläut/🐎'];
      for (const id of ids) expect(await queue.add(jobNamed(id)), id).toBe('added');
      for (const id of ids) expect(await queue.add(jobNamed(id)), id).toBe('duplicate');
      expect((await queue.jobs()).map(({ job }) => job.id)).toEqual(ids);
    });

    it('begins nothing by itself', async () => {
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      await queue.add(jobNamed('first'));
      await queue.add(jobNamed('second'));
      await begin(queue, processor, 'second');
      expect(processor.begun.map(({ job }) => job.id)).toEqual(['second']);
    });

    it('begins a promoted job exactly once, however often it is promoted', async () => {
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      const seen = watch(queue);
      await queue.add(jobNamed('j1'));
      const next = processor.next('j1');
      const promoted = await Promise.all(Array.from({ length: 10 }, () => queue.promote('j1')));
      expect(promoted.filter(Boolean)).toHaveLength(1);
      (await next).finish('done');
      await seen.told('ended', 'j1');
      expect(await queue.promote('j1')).toBe(false);
      expect(processor.begun).toHaveLength(1);
    });

    it('hands the processor the job with its number and the count of its starts', async () => {
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      await queue.add(jobNamed('j1'));
      const run = await begin(queue, processor, 'j1');
      expect(run.starts).toBe(1);
      expect([run.job]).toEqual((await queue.jobs()).map(({ job }) => job));
      expect(await listed(queue)).toEqual(['j1 running 1']);
    });

    it('promotes neither an unknown nor a running job', async () => {
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      await queue.add(jobNamed('j1'));
      await begin(queue, processor, 'j1');
      expect(await queue.promote('j1')).toBe(false);
      expect(await queue.promote('nobody')).toBe(false);
    });

    it('has forgotten a job that is done', async () => {
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      const seen = watch(queue);
      await queue.add(jobNamed('j1'));
      (await begin(queue, processor, 'j1')).finish('done');
      await seen.told('ended', 'j1');
      expect(await queue.jobs()).toEqual([]);
      await queue.close(0, 'restart');
      expect(await (await openQueue(never)).jobs()).toEqual([]);
    });

    it('returns a job to its place, before those that came later, and does not count its start', async () => {
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      const seen = watch(queue);
      await queue.add(jobNamed('first'));
      await queue.add(jobNamed('second'));
      (await begin(queue, processor, 'first')).finish('again');
      await seen.told('returned', 'first');
      expect(await listed(queue)).toEqual(['first waiting 0', 'second waiting 0']);
      const run = await begin(queue, processor, 'first');
      expect(run.starts).toBe(1);
      run.finish('again');
      await seen.told('returned', 'first', 2);
      await queue.close(0, 'restart');
      expect(await listed(await openQueue(never))).toEqual(['first waiting 0', 'second waiting 0']);
    });

    it('ends a job whose processor throws', async () => {
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      const seen = watch(queue);
      await queue.add(jobNamed('j1'));
      (await begin(queue, processor, 'j1')).fail(new Error('the processor broke'));
      await seen.told('ended', 'j1');
      expect(await queue.jobs()).toEqual([]);
      expect(await queue.add(jobNamed('j1'))).toBe('duplicate');
    });

    it('removes a waiting job that is cancelled', async () => {
      const queue = await openQueue(never);
      const seen = watch(queue);
      await queue.add(jobNamed('j1'));
      expect(await queue.cancel('j1', 'unwanted')).toBe('removed');
      expect(seen.names()).toEqual(['added j1', 'removed j1']);
      expect(await queue.jobs()).toEqual([]);
      expect(await queue.promote('j1')).toBe(false);
      expect(await queue.cancel('j1', 'unwanted')).toBe('gone');
    });

    it('aborts a running job with the reason of its cancel, and lets the processor end it', async () => {
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      const seen = watch(queue);
      await queue.add(jobNamed('j1'));
      const run = await begin(queue, processor, 'j1');
      const reason = { code: 'cancelled', by: 'Ada' };
      expect(await queue.cancel('j1', reason)).toBe('aborting');
      expect(run.signal.reason).toBe(reason);
      expect(await listed(queue)).toEqual(['j1 running 1']);
      run.finish('done');
      await seen.told('ended', 'j1');
      expect(await queue.cancel('j1', reason)).toBe('gone');
    });

    it('says of an unknown job that it is gone', async () => {
      expect(await (await openQueue(never)).cancel('nobody', 'unwanted')).toBe('gone');
    });

    it('never runs a job that was removed, when promotion and cancel come at once', async () => {
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      const ids = Array.from({ length: 20 }, (_, i) => `j${i}`);
      for (const id of ids) await queue.add(jobNamed(id));
      const seen = watch(queue);
      for (const [index, id] of ids.entries()) {
        const next = processor.next(id);
        const both =
          index % 2 === 0
            ? await Promise.all([queue.promote(id), queue.cancel(id, 'unwanted')])
            : (await Promise.all([queue.cancel(id, 'unwanted'), queue.promote(id)])).reverse();
        const [promoted, cancelled] = both;
        expect(cancelled).toBe(promoted ? 'aborting' : 'removed');
        if (promoted) {
          const run = await next;
          expect(run.signal.reason).toBe('unwanted');
          run.finish('done');
          await seen.told('ended', id);
        }
      }
      expect(await queue.jobs()).toEqual([]);
    });

    it('tells what happened in the order in which it happened', async () => {
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      const seen = watch(queue);
      await queue.add(jobNamed('j1'));
      await queue.add(jobNamed('j1'));
      (await begin(queue, processor, 'j1')).finish('again');
      await seen.told('returned', 'j1');
      (await begin(queue, processor, 'j1')).finish('done');
      await seen.told('ended', 'j1');
      expect(seen.names()).toEqual(['added j1', 'returned j1', 'ended j1']);
    });

    it('tells a listener nothing once it has stopped listening, and survives one that throws', async () => {
      const queue = await openQueue(never);
      const told: string[] = [];
      queue.onEvent(() => {
        throw new Error('a broken listener');
      });
      const stop = queue.onEvent((event) => told.push(event.type));
      await queue.add(jobNamed('j1'));
      stop();
      await queue.add(jobNamed('j2'));
      expect(told).toEqual(['added']);
    });

    it('waits for running jobs when it closes, and begins no other', async () => {
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      const seen = watch(queue);
      await queue.add(jobNamed('j1'));
      await queue.add(jobNamed('j2'));
      const run = await begin(queue, processor, 'j1');
      const closed = queue.close(20_000, 'stopping');
      expect(await queue.promote('j2')).toBe(false);
      run.finish('done');
      await closed;
      expect(run.signal.aborted).toBe(false);
      expect(seen.names()).toContain('ended j1');
      expect(await listed(await openQueue(never))).toEqual(['j2 waiting 0']);
    });

    it('aborts what still runs after the grace and returns it, whatever the processor makes of it', async () => {
      const signals: AbortSignal[] = [];
      const begun = Promise.withResolvers<void>();
      const queue = await openQueue((job, { signal }) => {
        signals.push(signal);
        if (signals.length === 3) begun.resolve();
        return new Promise((resolve, reject) => {
          const on = {
            again: () => resolve('again'),
            throws: () => reject(signal.reason),
            ignores: () => undefined,
          };
          signal.addEventListener('abort', on[job.id as keyof typeof on]);
        });
      });
      for (const id of ['again', 'throws', 'ignores']) {
        await queue.add(jobNamed(id));
        await queue.promote(id);
      }
      await begun.promise;
      await queue.close(0, 'stopping');
      expect(signals.map(({ reason }) => reason)).toEqual(['stopping', 'stopping', 'stopping']);
      const again = await openQueue(never);
      expect(await listed(again)).toEqual(['again waiting 0', 'throws waiting 0', 'ignores waiting 0']);
    });

    it('closes once, and refuses work afterwards with a word', async () => {
      const queue = await openQueue(never);
      await Promise.all([queue.close(0, 'stopping'), queue.close(0, 'stopping')]);
      await expect(queue.add(jobNamed('j1'))).rejects.toMatchObject({ code: 'stopping' });
      await expect(queue.jobs()).rejects.toMatchObject({ code: 'stopping' });
      await expect(queue.cancel('j1', 'unwanted')).rejects.toMatchObject({ code: 'stopping' });
      await expect(queue.replace('j1', edited('j1', 'new'))).rejects.toMatchObject({ code: 'stopping' });
      expect(await queue.promote('j1')).toBe(false);
    });

    it('finds the job of a killed process waiting, with its start counted, and does not begin it by itself', async () => {
      const child = await home.startChild();
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      const processor = heldProcessor();
      const queue = await openQueue(processor.process);
      const seen = watch(queue);
      const crashed = (await queue.jobs()).find(({ job }) => job.id === 'ran');
      if (crashed?.state === 'running') await seen.told('returned', 'ran');
      expect(await listed(queue)).toEqual(['ran waiting 1', 'waited waiting 0']);
      expect(processor.begun).toEqual([]);
      expect(await queue.add(jobNamed('ran'))).toBe('duplicate');
      const run = await begin(queue, processor, 'ran');
      expect(run.starts).toBe(2);
      run.finish('done');
      await seen.told('ended', 'ran');
      expect(await listed(queue)).toEqual(['waited waiting 0']);
    });

    replacesWhatWaits({ openQueue, startChild: () => home.startChild() });

    it('counts 1,000 jobs exactly while 50 run at once', async () => {
      const runsOf = new Map<string, number>();
      let running = 0;
      let most = 0;
      const queue = await openQueue(async (job) => {
        running += 1;
        most = Math.max(most, running);
        runsOf.set(job.id, (runsOf.get(job.id) ?? 0) + 1);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return 'done';
      });
      const seen = watch(queue);
      const ids = Array.from({ length: 1_000 }, (_, i) => `j${i}`);
      await Promise.all(ids.map((id) => queue.add(jobNamed(id))));
      const rest = [...ids];
      async function slot(): Promise<void> {
        for (let id = rest.shift(); id !== undefined; id = rest.shift()) {
          const ended = seen.told('ended', id);
          expect(await queue.promote(id)).toBe(true);
          await ended;
        }
      }
      await Promise.all(Array.from({ length: 50 }, slot));
      expect(runsOf.size).toBe(1_000);
      expect(new Set(runsOf.values())).toEqual(new Set([1]));
      expect(most).toBeLessThanOrEqual(50);
      expect(seen.events.filter(({ type }) => type === 'ended')).toHaveLength(1_000);
      expect(await queue.jobs()).toEqual([]);
    });
  });
}

import { expect, it } from 'vitest';
import { OstlerError } from '../../src/errors.ts';
import { createDownloads, type PullEvent } from '../../src/path/downloads.ts';
import type { PullProgress } from '../../src/ports/models.ts';

const ADA = { person: 'test:ada', conversation: 'test:c' };

/** A download that is told what to do, step by step. */
function scene() {
  const steps: ((progress: PullProgress | 'end' | Error) => void)[] = [];
  let signal: AbortSignal | undefined;
  async function* pull(_: string, ends: AbortSignal): AsyncGenerator<PullProgress> {
    signal = ends;
    for (;;) {
      const next = await new Promise<PullProgress | 'end' | Error>((resolve, reject) => {
        steps.push(resolve);
        ends.addEventListener('abort', () => reject(ends.reason));
      });
      if (next === 'end') return;
      if (next instanceof Error) throw next;
      yield next;
    }
  }
  const ending = new AbortController();
  const downloads = createDownloads(pull, ending.signal);
  const ends: PullEvent[] = [];
  return {
    downloads,
    ending,
    order: () => downloads.order('mistral:7b', ADA, (end) => ends.push(end)),
    /** How it ended, whoever looked on. */
    ends,
    isStopped: () => signal?.aborted,
    async step(next: PullProgress | 'end' | Error) {
      steps.shift()?.(next);
      for (let hop = 0; hop < 10; hop += 1) await Promise.resolve();
    },
  };
}

async function all(events: AsyncIterable<PullEvent>): Promise<readonly PullEvent[]> {
  const told: PullEvent[] = [];
  for await (const event of events) told.push(event);
  return told;
}

it('whoever looks on late is told the newest, and how it ended', async () => {
  const { order, step } = scene();
  const events = order();
  for (const completedBytes of [1, 2, 3]) await step({ status: 'pulling', completedBytes, totalBytes: 3 });
  const first = await events.next();
  expect(first.value).toMatchObject({ progress: { completedBytes: 3 } });
  await step('end');
  expect(await all(events)).toEqual([{ type: 'pulled' }]);
});

it('goes on when nobody looks on any more', async () => {
  const { downloads, order, ends, step, isStopped } = scene();
  const events = order();
  await step({ status: 'pulling manifest' });
  await events.next();
  await events.return();
  await step({ status: 'success' });
  expect(isStopped()).toBe(false);
  await step('end');
  expect([ends, downloads.cancel(() => true)]).toEqual([[{ type: 'pulled' }], 0]);
});

it('is stopped by whom it is for, and says so', async () => {
  const { downloads, order, step, isStopped } = scene();
  const events = order();
  await step({ status: 'pulling manifest' });
  expect(downloads.cancel(({ person }) => person === 'test:ben')).toBe(0);
  expect(isStopped()).toBe(false);
  expect(downloads.cancel(({ person }) => person === ADA.person)).toBe(1);
  expect((await all(events)).at(-1)).toEqual({ type: 'cancelled' });
  expect(downloads.cancel(() => true)).toBe(0);
});

it('says so where nothing goes on any more', async () => {
  const { ending, order, step, ends } = scene();
  const events = order();
  await step({ status: 'pulling manifest' });
  ending.abort(new OstlerError('Ostler is stopping.', { code: 'stopping' }));
  expect((await all(events)).at(-1)).toMatchObject({ type: 'failed', failure: { code: 'stopping' } });
  expect(ends).toHaveLength(1);
});

it('that fails says why', async () => {
  const { order, step } = scene();
  const events = order();
  await step(new OstlerError('No room.', { code: 'server_error' }));
  expect(await all(events)).toEqual([
    { type: 'failed', failure: { code: 'server_error', message: 'No room.' } },
  ]);
});
